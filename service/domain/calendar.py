"""The firm's working days and hours, and when an answer is due. Knows no clock: every date is passed in."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekend`: weekdays, Monday is 0. `every_year`: (month, day) of fixed holidays; `dates`: the others.

    Equal `opens` and `closes` mean round the clock. ValueError for a week without a working day.
    """

    weekend: frozenset[int]
    every_year: frozenset[tuple[int, int]]
    dates: frozenset[date]
    opens: time
    closes: time
    lunch: time
    _years: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekend) >= 7:
            raise ValueError("no day of the week is left to work on")

    def is_business_day(self, d: date) -> bool:
        return d.weekday() not in self.weekend and (d.month, d.day) not in self.every_year and d not in self.dates

    def add_business_days(self, d: date, n: int) -> date:
        """The `n`-th business day after `d`; `d` itself for 0, a business day or not."""
        if n <= 0:
            return d
        year, after = d.year, d.toordinal()
        while True:
            days = self._business_days(year)
            first = bisect_right(days, after)
            if first + n <= len(days):
                return date.fromordinal(days[first + n - 1])
            n -= len(days) - first
            year += 1

    def respond_by(self, received_local: datetime, hours: int) -> datetime:
        """When a request must be answered (M1), by the wall clock of the firm's time zone.

        Received in opening hours: `hours` later, where days off don't count (24 hours from Friday 15:00 is Monday
        15:00). Received when the firm is closed: by lunch of the first day that it opens, or sooner if `hours` end
        sooner, but not before the doors open.
        """
        counted = self._hours_later(received_local, hours)
        if self._is_open(received_local):
            return counted
        day = received_local.date()
        if not self.is_business_day(day) or received_local.time() >= self.opens:
            day = self.add_business_days(day, 1)
        opening = datetime.combine(day, self.opens, received_local.tzinfo)
        lunch = datetime.combine(day, self.lunch, received_local.tzinfo)
        return min(lunch, max(opening, counted))

    def _is_open(self, local: datetime) -> bool:
        if not self.is_business_day(local.date()):
            return False
        return self.opens == self.closes or self.opens <= local.time() < self.closes

    def _hours_later(self, local: datetime, hours: int) -> datetime:
        day = local.date()
        if not self.is_business_day(day):
            day = self.add_business_days(day, 1)
            local = datetime.combine(day, time.min, local.tzinfo)
        end = local + timedelta(hours=hours)
        days_on = (end.date() - day).days
        if not days_on:
            return end
        # What ends at midnight ends with the day before it, not at the start of the next day of work.
        if end.time() == time.min:
            last = self.add_business_days(day, days_on - 1)
            return datetime.combine(last + _DAY, time.min, end.tzinfo)
        return datetime.combine(self.add_business_days(day, days_on), end.time(), end.tzinfo)

    def _business_days(self, year: int) -> tuple[int, ...]:
        days = self._years.get(year)
        if days is None:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = tuple(o for o in range(first, last + 1) if self.is_business_day(date.fromordinal(o)))
            self._years[year] = days
        return days
