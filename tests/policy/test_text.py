"""Trees back to text: as few parentheses as possible, and the same tree when it is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import BOOL, MONEY, PERCENT, Type
from service.policy.expressions import ExpressionRefused
from service.policy.text import cel
from tests.policy.sample_scope import CATEGORY, ROLES, typed, without_spans
from tests.policy.sources import ALL_OF_IT, MONEY_TEXTS, SOUP


@pytest.mark.parametrize(
    "source",
    [
        "job.cost > 50.50 && client.orders * 2 - 1 >= 3",
        "(client.trusted || deal.asked) && !(client.trusted == deal.asked)",
        "job.cost - (job.cost - 1) > job.cost - 1 - 2",
        "(client.orders + 1) * 2 > 3",
        "percent_up(job.cost - 5, 12.5) < div_round(job.cost, 3)",
        "percent(percent(params.share, 50), params.times) == 0.05",
        "div_down(client.orders * params.share, 10000) == 1",
        "min(job.cost, params.late_fee, 3) == -3",
        "max(min(job.cost, 1), max(2, 3)) == job.cost",
        '"owner" in decision.approvals && client.category in ["vip", "good"]',
        "(client.trusted ? job.cost : client.trusted ? 1 : 2) > 3",
        "((client.trusted ? deal.asked : true) ? 1 : 2) * job.cost > 3",
        "has(deal.budget) && -deal.budget < 0",
    ],
)
def test_text_again_with_no_more_parentheses_than_needed(source: str) -> None:
    assert cel(typed(source), "EUR") == source.replace("-deal", "0 - deal")


def refused_or_same(source: str, expected: Type | None) -> None:
    try:
        node = typed(source, expected)
    except ExpressionRefused as refused:
        found = refused.findings
    else:
        assert without_spans(typed(cel(node, "EUR"), expected)) == without_spans(node)
        return
    assert found


@given(ALL_OF_IT)
def test_conditions_survive_being_written_and_read(source: str) -> None:
    refused_or_same(source, BOOL)


@given(MONEY_TEXTS)
def test_amounts_survive_being_written_and_read(source: str) -> None:
    again = cel(typed(source, MONEY), "EUR")
    assert without_spans(typed(again, MONEY)) == without_spans(typed(source, MONEY))


@given(st.text() | SOUP, st.sampled_from([None, BOOL, MONEY, PERCENT, CATEGORY, ROLES]))
def test_any_text_is_read_or_refused(source: str, expected: Type | None) -> None:
    refused_or_same(source, expected)
