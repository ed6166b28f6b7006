"""What the tiny book's two cases reach, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from schemas.request import BookChecks
from service.cases.coverage import clause_reach, rule_reach
from service.cases.running import Posed, pose
from service.policy.book import Book
from service.policy.cases import load_cases, merged
from tests.cases.conftest import NOW


def test_rules_that_decide_a_case_and_rules_that_do_not(book: Book, posed: list[Posed]) -> None:
    reach = {one.rule.id: (one.fired_in, one.decides) for one in rule_reach(book, posed)}
    assert reach == {
        "always": (2, "hassle-applies"),  # the terms would lack their ways of paying
        "budget-a-third": (0, ""),
        "budget-below-range": (0, ""),
        "card": (0, ""),
        "credit": (0, ""),
        "discount-closes": (0, ""),
        "friend": (0, ""),
        "hassle-markup": (1, "hassle-applies"),
        "nothing-to-price": (0, ""),
        "small-job": (0, ""),
        "teaches-us": (0, ""),
    }


def test_clauses_seen_true_and_false(book: Book, posed: list[Posed]) -> None:
    reach = {(one.subject, one.clause): (one.true, one.false, one.tips) for one in clause_reach(book, posed)}
    assert reach["hassle-markup", "client.hassle_score >= params.hassle_from"] == (1, 1, 2)
    assert reach["discount-closes", "deal.asked_discount"] == (0, 2, 0)
    assert reach["discount-closes", '("owner" in decision.approvals)'] == (0, 2, 0)
    assert reach["budget-a-third", "has(deal.budget)"] == (0, 2, 0)
    # A clause on an absent fact is neither true nor false.
    assert reach["budget-a-third", "deal.budget * 3 <= job.fair_price"] == (0, 0, 0)
    # Two months are fewer than six, and nobody is a charity: either would make a friend.
    assert reach["friend", "extra.charity"] == (0, 2, 2)
    # `true` is no clause: nothing can make it false.
    assert not any(subject == "always" for subject, _ in reach)


def test_an_amount_is_compared_in_the_currency_of_the_request(
    files: Mapping[str, bytes], book: Book, checks: BookChecks
) -> None:
    """1,000.00 EUR are 1,080.00 USD: a job of 1,050.00 USD may be paid by card."""
    case = load_cases(files)[1]
    lines = [{"description": "Design", "cost": 50_000, "fair_price": 105_000}]
    request = merged(case.request, {"currency": "USD", "job": {"lines": lines}})
    reach = clause_reach(book, [pose(replace(case, request=request), checks, NOW)])
    (clause,) = [one for one in reach if one.clause == "decision.target <= 1000.00"]
    assert (clause.true, clause.false) == (1, 0)
