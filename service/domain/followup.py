"""When the firm answers, how long the quote stands, when it calls (M1, M6, M7)."""

from __future__ import annotations

from datetime import date

from service.domain.calendar import Calendar
from service.domain.record import record

MOST_CALLS = 20
"""A validity of years must not plan calls for years: after so many the firm has its answer."""


@record
class Plan:
    """How long a quote stands and when the firm calls; None: the book sets no such day."""

    valid_until: date | None = None
    calls: tuple[date, ...] = ()


NO_PLAN = Plan()
"""Without a price there is nothing to stand and nothing to call about."""


def plan(
    calendar: Calendar, as_of: date, validity_days: int | None, first_call_days: int, call_every_days: int
) -> Plan:
    """The first call, then one every so many business days while the quote stands. 0 days: none. `validity_days`
    is None for a book without such a slot."""
    if validity_days is None:
        return NO_PLAN
    valid_until = calendar.add_business_days(as_of, validity_days)
    calls: list[date] = []
    if first_call_days:
        day = calendar.add_business_days(as_of, first_call_days)
        while day <= valid_until and len(calls) < MOST_CALLS:
            calls.append(day)
            if not call_every_days:
                break
            day = calendar.add_business_days(day, call_every_days)
    return Plan(valid_until=valid_until, calls=tuple(calls))


def contact_on_the_way(every_days: int, duration_days: int) -> int | None:
    """A job that ends within the longest silence needs no contact on the way."""
    return every_days if 0 < every_days < duration_days else None
