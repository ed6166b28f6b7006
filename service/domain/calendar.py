"""The firm's working days and hours, and when an answer is due. Knows no clock: every date is passed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Year:
    """One year's business days. `first`: the ordinal of its first day; `passed`: by day of the year, how many business
    days have begun by then."""

    first: int
    passed: tuple[int, ...]
    days: tuple[date, ...]


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
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekend) >= 7:
            raise ValueError("no day of the week is left to work on")

    def is_business_day(self, d: date) -> bool:
        return d.weekday() not in self.weekend and (d.month, d.day) not in self.every_year and d not in self.dates

    def add_business_days(self, d: date, n: int) -> date:
        """The `n`-th business day after `d`; `d` itself for 0, a business day or not."""
        if n <= 0:
            return d
        year = d.year
        table = self._years.get(year) or self._year(year)
        index = table.passed[d.toordinal() - table.first] + n - 1
        while index >= len(table.days):
            index -= len(table.days)
            year += 1
            table = self._years.get(year) or self._year(year)
        return table.days[index]

    def respond_by(self, received_local: datetime, hours: int) -> datetime:
        """When a request must be answered (M1), by the wall clock of the firm's time zone.

        Received in opening hours: `hours` later, where days off don't count (24 hours from Friday 15:00 is Monday
        15:00). Received when the firm is closed: by lunch of the first day that it opens, or sooner if `hours` end
        sooner, but not before the doors open.
        """
        day, clock = received_local.date(), received_local.time()
        works = self.is_business_day(day)
        counted = self._hours_later(received_local, hours, works)
        if works and (self.opens == self.closes or self.opens <= clock < self.closes):
            return counted
        if not works or clock >= self.opens:
            day = self.add_business_days(day, 1)
        opening = datetime.combine(day, self.opens, received_local.tzinfo)
        lunch = datetime.combine(day, self.lunch, received_local.tzinfo)
        return min(lunch, max(opening, counted))

    def _hours_later(self, local: datetime, hours: int, works: bool) -> datetime:
        """`works`: whether that day is a business day."""
        day = local.date()
        if not works:
            day = self.add_business_days(day, 1)
            local = datetime.combine(day, time.min, local.tzinfo)
        end = local + timedelta(0, hours * 3600)
        days_on = end.toordinal() - day.toordinal()
        if not days_on:
            return end
        # What ends at midnight ends with the day before it, not at the start of the next day of work.
        clock = end.time()
        if clock == time.min:
            last = self.add_business_days(day, days_on - 1)
            return datetime.combine(last + _DAY, time.min, end.tzinfo)
        return datetime.combine(self.add_business_days(day, days_on), clock, end.tzinfo)

    def _year(self, year: int) -> _Year:
        first = date(year, 1, 1).toordinal()
        passed: list[int] = []
        days: list[date] = []
        for ordinal in range(first, date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            if self.is_business_day(day):
                days.append(day)
            passed.append(len(days))
        table = self._years[year] = _Year(first, tuple(passed), tuple(days))
        return table
