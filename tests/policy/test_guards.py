"""How far a has() reaches: past what only holds if the fact is there, and no further."""

import pytest

from service.domain.facts import BOOL
from tests.policy.sample_scope import codes, typed


@pytest.mark.parametrize(
    "source",
    [
        "has(deal.budget) && deal.budget > 3",
        "has(deal.budget) && (client.trusted || deal.budget > 3)",
        "client.trusted && has(deal.budget) && deal.budget in [3]",
        "!has(deal.budget) || deal.budget > 3",
        "!(has(deal.budget) && client.trusted) || deal.budget > 3",
        "!(!has(deal.budget) || client.trusted) && deal.budget > 3",
        "(has(deal.budget) ? deal.budget : 0) > 3",
        "(!has(deal.budget) ? 0 : deal.budget) > 3",
        "(has(deal.budget) ? client.trusted : false) && deal.budget > 3",
        "(has(deal.budget) && client.trusted || has(deal.budget) && deal.asked) && deal.budget > 3",
        "has(deal.budget) && has(deal.competitor_price) && deal.budget < deal.competitor_price",
        "has(deal.budget) && !(deal.budget > 3)",
    ],
)
def test_a_guard_reaches_as_far_as_it_is_true(source: str) -> None:
    assert typed(source).type == BOOL


@pytest.mark.parametrize(
    "source",
    [
        "deal.budget > 3",
        "deal.budget > 3 && has(deal.budget)",
        "has(deal.budget) || deal.budget > 3",
        "!has(deal.budget) && deal.budget > 3",
        "(has(deal.budget) || client.trusted) && deal.budget > 3",
        "!(has(deal.budget) && client.trusted) && deal.budget > 3",
        "(has(deal.budget) ? 0 : deal.budget) > 3",
        "(has(deal.budget) ? client.trusted : deal.asked) && deal.budget > 3",
        "has(deal.competitor_price) && deal.budget > 3",
        "(has(deal.budget) && client.trusted) || deal.budget > 3",
        "(has(deal.budget) == true) && deal.budget > 3",
    ],
)
def test_a_guard_reaches_no_further(source: str) -> None:
    assert codes(source) == ["may-be-absent"]
