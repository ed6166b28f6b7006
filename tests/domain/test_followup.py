from __future__ import annotations

from datetime import date, time

import pytest

from service.domain.calendar import Calendar
from service.domain.followup import MOST_CALLS, NO_PLAN, Plan, contact_on_the_way, plan

CALENDAR = Calendar(frozenset({5, 6}), frozenset(), frozenset(), time(9), time(18), time(13))
MONDAY = date(2026, 3, 2)


def planned(validity: int | None = 5, first: int = 1, every: int = 2) -> Plan:
    return plan(CALENDAR, MONDAY, validity, first, every)


def test_calls_while_the_quote_stands() -> None:
    found = planned()
    assert found.valid_until == date(2026, 3, 9)
    assert found.calls == (date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9))


def test_a_small_purchase_is_closed_at_once() -> None:
    assert planned(validity=0, first=0) == Plan(valid_until=date(2026, 3, 2), calls=())


def test_one_call_only() -> None:
    assert planned(every=0).calls == (date(2026, 3, 3),)


def test_a_book_without_validity() -> None:
    assert planned(validity=None) == NO_PLAN == Plan(valid_until=None, calls=())


def test_calls_end_some_day() -> None:
    assert len(planned(validity=3650).calls) == MOST_CALLS


@pytest.mark.parametrize(("every", "duration", "told"), [(3, 10, 3), (3, 4, 3), (3, 3, None), (0, 10, None)])
def test_a_job_within_the_longest_silence_needs_no_contact_on_the_way(
    every: int, duration: int, told: int | None
) -> None:
    assert contact_on_the_way(every, duration) == told
