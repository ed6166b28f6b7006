from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.calendar import Calendar
from service.domain.errors import Inconsistent
from service.domain.terms import Agreed, payment_days, start_of_work, terms
from tests.domain.amounts import amounts

CALENDAR = Calendar(frozenset({5, 6}), frozenset(), frozenset(), time(9), time(18), time(13))
MONDAY = date(2026, 3, 2)
AGREED = Agreed(
    prepayment_percent=5_000,
    credit_days=0,
    instalments=0,
    ways_to_pay=("transfer", "card"),
    clauses=("own_errors_free",),
)


def days(duration: int, stages: int = 3, credit: int = 0) -> tuple[date, ...]:
    return payment_days(CALENDAR, MONDAY, duration, stages, credit)


def test_prepayment_at_the_start_and_stages_over_business_days() -> None:
    # 10 business days in three stages: after 4 (10/3 up), 7 (20/3 up) and 10; 500.00 over three: 166.67, .67, .66.
    found = terms(amounts(), AGREED, days(10))
    assert [(m.name, m.due_on, m.amount) for m in found.milestones] == [
        ("prepayment", date(2026, 3, 2), 50_000),
        ("stage_1", date(2026, 3, 6), 16_667),
        ("stage_2", date(2026, 3, 11), 16_667),
        ("final", date(2026, 3, 16), 16_666),
    ]
    assert (found.prepayment_percent, found.prepayment, found.ways_to_pay) == (5_000, 50_000, ("transfer", "card"))


def test_fully_prepaid() -> None:
    found = terms(amounts(prepayment=100_000), replace(AGREED, prepayment_percent=10_000), days(10))
    assert [(m.name, m.amount) for m in found.milestones] == [("prepayment", 100_000)]


def test_credit_moves_the_last_payment_past_delivery() -> None:
    agreed = replace(AGREED, credit_days=14)
    found = terms(amounts(prepayment=0, credit_limit=60_000), agreed, days(5, stages=1, credit=14))
    assert [(m.name, m.due_on, m.amount) for m in found.milestones] == [("final", date(2026, 3, 23), 100_000)]
    assert (found.credit_days, found.credit_limit) == (14, 60_000)


def test_no_limit_without_credit() -> None:
    assert terms(amounts(credit_limit=60_000), AGREED, days(5)).credit_limit == 0


def test_a_rest_too_small_to_split_is_paid_at_the_end() -> None:
    found = terms(amounts(prepayment=99_998), AGREED, days(10))
    assert [(m.name, m.amount) for m in found.milestones] == [("prepayment", 99_998), ("final", 2)]


def test_more_than_the_price_is_never_asked_in_advance() -> None:
    with pytest.raises(Inconsistent, match="prepayment"):
        terms(amounts(prepayment=100_001), AGREED, days(10))


@pytest.mark.parametrize(
    ("days", "start"), [(0, date(2026, 3, 6)), (1, date(2026, 3, 9)), (2, date(2026, 3, 9)), (3, date(2026, 3, 9))]
)
def test_work_starts_on_a_business_day(days: int, start: date) -> None:
    assert start_of_work(CALENDAR, date(2026, 3, 6), days) == start


@given(st.integers(0, 10**12), st.integers(0, 10_000), st.integers(0, 50), st.integers(1, 3650), st.integers(0, 14))
def test_payments_sum_to_the_target_on_rising_days(
    target: int, bp: int, stages: int, duration: int, credit: int
) -> None:
    agreed = replace(AGREED, prepayment_percent=bp, credit_days=credit)
    found = terms(amounts(target=target, prepayment=target * bp // 10_000), agreed, days(duration, stages, credit))
    assert sum(milestone.amount for milestone in found.milestones) == target
    assert all(milestone.amount > 0 for milestone in found.milestones)
    due = [milestone.due_on for milestone in found.milestones]
    assert due == sorted(due)
