"""The book's calendar against an independent source: the public holidays of Estonia."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from tests.agency.shipped import AGENCY


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_public_holidays_of_estonia(year: int) -> None:
    calendar = AGENCY.policy.book.calendar
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    weekdays = {day for day in days if day.year == year and day.weekday() < 5}
    closed = {day for day in weekdays if not calendar.is_business_day(day)}
    assert closed == weekdays & set(holidays.country_holidays("EE", years=year))
