from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.calendar import Calendar

TALLINN = ZoneInfo("Europe/Tallinn")
CALENDAR = Calendar(
    weekend=frozenset({5, 6}),
    every_year=frozenset({(1, 1), (12, 25)}),
    dates=frozenset({date(2026, 4, 3)}),
    opens=time(9),
    closes=time(18),
    lunch=time(13),
)
ROUND_THE_CLOCK = Calendar(frozenset(), frozenset(), frozenset(), time(0), time(0), time(13))


def test_days_off() -> None:
    assert CALENDAR.is_business_day(date(2026, 4, 2))
    assert not CALENDAR.is_business_day(date(2026, 4, 3))
    assert not CALENDAR.is_business_day(date(2026, 4, 4))
    assert not CALENDAR.is_business_day(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 4, 2), 1, date(2026, 4, 6)),
        (date(2026, 4, 4), 1, date(2026, 4, 6)),
        (date(2026, 4, 4), 0, date(2026, 4, 4)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
    ],
)
def test_business_days_on(day: date, n: int, expected: date) -> None:
    assert CALENDAR.add_business_days(day, n) == expected


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_as_many_business_days_passed_as_were_asked_for(day: date, n: int) -> None:
    end = CALENDAR.add_business_days(day, n)
    passed = [day + timedelta(days=k) for k in range(1, (end - day).days + 1)]
    assert sum(map(CALENDAR.is_business_day, passed)) == n
    assert n == 0 or CALENDAR.is_business_day(end)


@pytest.mark.parametrize(
    ("received", "hours", "due"),
    [
        pytest.param("2026-03-02 10:00", 24, "2026-03-03 10:00", id="the next day"),
        pytest.param("2026-03-06 15:00", 24, "2026-03-09 15:00", id="from Friday over the weekend"),
        pytest.param("2026-03-06 15:00", 2, "2026-03-06 17:00", id="two hours"),
        pytest.param("2026-03-06 15:00", 33, "2026-03-10 00:00", id="to the end of a day"),
        pytest.param("2026-03-02 22:00", 24, "2026-03-03 13:00", id="late in the evening: before lunch"),
        pytest.param("2026-03-03 07:30", 24, "2026-03-03 13:00", id="before opening: lunch of the same day"),
        pytest.param("2026-03-07 10:00", 24, "2026-03-09 13:00", id="on Saturday: Monday's lunch"),
        pytest.param("2026-04-02 19:00", 24, "2026-04-06 13:00", id="before a holiday and a weekend"),
        pytest.param("2026-03-03 18:00", 24, "2026-03-04 13:00", id="closing time is closed"),
        pytest.param("2026-03-02 22:00", 12, "2026-03-03 10:00", id="never later than the hours"),
        pytest.param("2026-03-02 22:00", 2, "2026-03-03 09:00", id="nobody answers before the doors open"),
    ],
)
def test_respond_by(received: str, hours: int, due: str) -> None:
    moment = datetime.fromisoformat(received).replace(tzinfo=TALLINN)
    assert CALENDAR.respond_by(moment, hours) == datetime.fromisoformat(due).replace(tzinfo=TALLINN)


def test_round_the_clock_knows_no_night() -> None:
    moment = datetime(2026, 3, 7, 23, 30, tzinfo=TALLINN)
    assert ROUND_THE_CLOCK.respond_by(moment, 24) == datetime(2026, 3, 8, 23, 30, tzinfo=TALLINN)


def test_a_day_that_is_an_hour_shorter_ends_at_the_same_time_on_the_clock() -> None:
    moment = datetime(2026, 3, 28, 12, 0, tzinfo=TALLINN)
    assert ROUND_THE_CLOCK.respond_by(moment, 24).isoformat() == "2026-03-29T12:00:00+03:00"


@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)), st.integers(0, 200))
def test_an_answer_is_due_after_the_request_and_later_for_more_hours(received: datetime, hours: int) -> None:
    due = CALENDAR.respond_by(received, hours)
    assert received <= due <= CALENDAR.respond_by(received, hours + 1)


def test_a_week_without_work_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        Calendar(frozenset(range(7)), frozenset(), frozenset(), time(9), time(18), time(13))
