"""What the product promises of its answers, in the words of its purpose; all amounts worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from service.policy.cases import load_cases, merged
from tests.agency.requests_at_random import MOST_MONEY
from tests.agency.shipped import AGENCY


def asked(**change: Any) -> dict[str, Any]:
    """Worth 3,000.00, cost 1,800.00, scope complete, a new client; `change` laid over it."""
    plain = next(case.request for case in load_cases(AGENCY.files) if case.id == "one-figure-for-a-complete-scope")
    return AGENCY.answer(merged(plain, change))


def conduct(points: int, **change: Any) -> dict[str, Any]:
    """A changed decision is one point."""
    return asked(hassle={"recent": {"changed_decisions": points}}, **change)


def test_ready_and_not_asking_gets_no_discount() -> None:
    decision = asked(deal={"stage": "ready"})
    assert (decision["outcome"], decision["price"]["fixed"], decision["concessions"]) == ("quote", 300000, [])


def test_asking_and_signing_by_a_date_gets_a_discount_that_lapses() -> None:
    deal = {"asked_discount": True, "asked_percent": 3000, "closes_if_discounted": True, "sign_by": "2026-03-20"}
    decision = asked(deal=deal)
    (discount,) = decision["concessions"]
    # 30 % asked, 15 % of 3,000.00 given.
    assert (discount["kind"], discount["amount"], discount["lapses_on"]) == ("discount", 45000, "2026-03-20")
    assert decision["price"]["target"] == 300000
    assert (
        "If you sign by March 20, 2026, we take €450.00 off: you pay €2,550.00. After that day the offer lapses."
        in decision["to_client"]["notes"]
    )


def test_hesitating_with_funds_gets_a_bonus_and_no_price_cut() -> None:
    decision = asked(deal={"obstacle": "hesitating"})
    assert [(c["kind"], c["amount"]) for c in decision["concessions"]] == [("bonus", 15000)]
    assert decision["price"]["fixed"] == 300000


def test_a_budget_of_a_third_is_let_go_politely() -> None:
    decision = asked(deal={"budget": 100000})
    told = decision["to_client"]
    assert (decision["outcome"], decision["price"]) == ("decline", None)
    assert told["summary"].startswith("Thank you for asking us and for naming your budget so openly.")
    assert told["next_step"] == "We would be glad to hear from you again."
    assert (told["breakdown"], told["options"], told["terms"]) == ([], [], [])
    assert len(told["notes"]) == 1
    assert not any(figure in str(told) for figure in ("3,000", "1,800", "2,160"))


@pytest.mark.parametrize(
    ("points", "outcome", "target"),
    [
        (14, "quote", 300000),
        (15, "quote", 330000),
        (30, "quote", 360000),
        (45, "quote", 390000),
        (60, "prohibitive", 600000),
        (75, "prohibitive", 900000),
    ],
)
def test_hassle_ladder(points: int, outcome: str, target: int) -> None:
    decision = conduct(points)
    assert (decision["outcome"], decision["price"]["target"]) == (outcome, target)


def test_parting_comes_after_the_ladder_and_sooner_with_a_long_backlog() -> None:
    assert conduct(90)["outcome"] == "decline"
    assert conduct(75)["outcome"] == "prohibitive"
    assert conduct(75, firm={"backlog_days": 20})["outcome"] == "decline"
    assert conduct(60, firm={"backlog_days": 40})["outcome"] == "decline"
    assert conduct(90, firm={"backlog_days": 0})["outcome"] == "prohibitive"


def test_a_new_client_prepays() -> None:
    terms = asked(deal={"asks_credit": True}, client={"average_monthly_payment": MOST_MONEY})["terms"]
    assert (terms["prepayment"], terms["credit_days"], terms["credit_limit"]) == (150000, 0, 0)


def trusted(**client: Any) -> dict[str, Any]:
    history = {"months_active": 6, "orders": 6, "average_monthly_payment": 700000}
    return asked(deal={"asks_credit": True}, client={**history, **client})


def test_six_clean_months_give_a_small_credit() -> None:
    terms = trusted()["terms"]
    # Half of 7,000.00 a month.
    assert (terms["prepayment"], terms["credit_days"], terms["credit_limit"]) == (0, 14, 350000)


def test_anything_seriously_overdue_ends_credit() -> None:
    terms = trusted(overdue=50000, overdue_days=10)["terms"]
    assert (terms["prepayment"], terms["credit_days"], terms["credit_limit"]) == (300000, 0, 0)


def test_a_fully_prepaid_order_is_never_blocked() -> None:
    decision = asked(client={"overdue": MOST_MONEY, "overdue_days": 3650}, deal={"prepays_in_full": True})
    assert (decision["outcome"], decision["terms"]["prepayment"]) == ("quote", 300000)
    assert decision["to_client"] is not None


@pytest.mark.parametrize(("points", "fair"), [(15, 330000), (30, 360000), (45, 390000)])
def test_the_client_reads_the_same_of_a_marked_up_and_an_unmarked_quote(points: int, fair: int) -> None:
    line = {"description": "Website", "cost": 180000}
    marked = conduct(points, job={"lines": [{**line, "fair_price": 300000}]})
    unmarked = asked(job={"lines": [{**line, "fair_price": fair}]})
    assert marked["price"] == unmarked["price"]
    assert marked["to_client"] == unmarked["to_client"] is not None
