"""When the firm answers, how long the quote stands, when it calls (M1, M6, M7)."""

from __future__ import annotations

from datetime import date, datetime

from service.domain.calendar import Calendar
from service.domain.decision import FollowUp
from service.domain.record import maker, record

MOST_CALLS = 20
"""A validity of years must not plan calls for years: after so many the firm has its answer."""


@record
class Promises:
    """What the rules decided: hours and business days. None: the book has no such slot. 0 calls: none."""

    respond_hours: int
    acknowledge: bool
    validity_days: int | None
    first_call_days: int
    call_every_days: int
    contact_every_days: int


_follow_up = maker(FollowUp)


def follow_up(
    promises: Promises, calendar: Calendar, received_local: datetime, as_of: date, duration_days: int | None
) -> FollowUp:
    """`duration_days` of a priced job; None where there is no price, and so nothing to call about."""
    valid_until: date | None = None
    calls: tuple[date, ...] = ()
    contact: int | None = None
    if duration_days is not None:
        if promises.validity_days is not None:
            valid_until = calendar.add_business_days(as_of, promises.validity_days)
        calls = _calls(promises, calendar, as_of, valid_until)
        # A job that ends within the longest silence needs no contact on the way.
        contact = promises.contact_every_days if 0 < promises.contact_every_days < duration_days else None
    return _follow_up(
        respond_by=calendar.respond_by(received_local, promises.respond_hours),
        acknowledge=promises.acknowledge,
        valid_until=valid_until,
        calls=calls,
        contact_every_days=contact,
    )


def _calls(promises: Promises, calendar: Calendar, as_of: date, valid_until: date | None) -> tuple[date, ...]:
    """The first call, then one every so many business days while the quote stands."""
    if not promises.first_call_days or valid_until is None:
        return ()
    calls: list[date] = []
    day = calendar.add_business_days(as_of, promises.first_call_days)
    while day <= valid_until and len(calls) < MOST_CALLS:
        calls.append(day)
        if not promises.call_every_days:
            break
        day = calendar.add_business_days(day, promises.call_every_days)
    return tuple(calls)
