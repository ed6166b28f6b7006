from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from service.domain.calendar import Calendar
from service.domain.decision import FollowUp
from service.domain.followup import MOST_CALLS, Promises, follow_up

CALENDAR = Calendar(frozenset({5, 6}), frozenset(), frozenset(), time(9), time(18), time(13))
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PROMISES = Promises(
    respond_hours=24,
    acknowledge=False,
    validity_days=5,
    first_call_days=1,
    call_every_days=2,
    contact_every_days=3,
)


def planned(promises: Promises, duration_days: int | None = 10) -> FollowUp:
    return follow_up(promises, CALENDAR, MONDAY, MONDAY.date(), duration_days)


def test_calls_while_the_quote_stands() -> None:
    found = planned(PROMISES)
    assert found.respond_by == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    assert found.valid_until == date(2026, 3, 9)
    assert found.calls == (date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9))
    assert found.contact_every_days == 3


def test_a_small_purchase_is_closed_at_once() -> None:
    found = planned(replace(PROMISES, validity_days=0, first_call_days=0))
    assert found.valid_until == date(2026, 3, 2)
    assert found.calls == ()


def test_one_call_only() -> None:
    assert planned(replace(PROMISES, call_every_days=0)).calls == (date(2026, 3, 3),)


def test_nothing_to_call_about_without_a_price() -> None:
    found = planned(PROMISES, duration_days=None)
    assert (found.valid_until, found.calls, found.contact_every_days) == (None, (), None)


def test_a_book_without_validity() -> None:
    found = planned(replace(PROMISES, validity_days=None))
    assert (found.valid_until, found.calls) == (None, ())


def test_a_job_within_the_longest_silence_needs_no_contact_on_the_way() -> None:
    assert planned(PROMISES, duration_days=3).contact_every_days is None
    assert planned(PROMISES, duration_days=4).contact_every_days == 3
    assert planned(replace(PROMISES, contact_every_days=0)).contact_every_days is None


def test_calls_end_some_day() -> None:
    assert len(planned(replace(PROMISES, validity_days=3650)).calls) == MOST_CALLS
