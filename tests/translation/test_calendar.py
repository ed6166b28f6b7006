"""The book's calendar against an independent source: the public holidays of Poland."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from tests.translation.bureau import BUREAU


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_public_holidays_of_poland(year: int) -> None:
    calendar = BUREAU.policy.book.calendar
    known = set(holidays.country_holidays("PL", years=year))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    closed = {day for day in days if day.year == year and not calendar.is_business_day(day)}
    assert closed == {day for day in days if day.year == year and (day.weekday() >= 5 or day in known)}
    dated = {day for day in days if day.year == year and (day in calendar.dates or _every_year(day))}
    assert dated == known


def _every_year(day: date) -> bool:
    return (day.month, day.day) in BUREAU.policy.book.calendar.every_year
