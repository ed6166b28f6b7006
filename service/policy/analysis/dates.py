"""Numbers that nobody has looked at for long, or that don't hold yet on the day in question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from service.policy.book import Book
from service.policy.findings import Finding, Place, Severity

MONTHS_IN_YEAR = 12
NEVER = 0
"""As the number of months: no value is ever stale."""


def date_findings(
    book: Book, as_of: date, stale_after: int, places: Mapping[tuple[str, ...], Place]
) -> Iterator[Finding]:
    """`stale_after`: months from which on a value counts as forgotten."""
    for name, parameter in book.parameters.items():
        days = [day for day, _ in parameter.values]
        yield from _dated(days, as_of, stale_after, parameter.place, name)
    for currency, rates in book.rates.items():
        place = places.get(("rates", currency), Place("parameters.yaml", 1, 1))
        yield from _dated([day for day, _ in rates], as_of, stale_after, place, currency)


def _dated(days: list[date], as_of: date, stale_after: int, place: Place, name: str) -> Iterator[Finding]:
    if days[0] > as_of:
        message = f"it has no value on {as_of}: its first is of {days[0]}"
        yield Finding(place, "not-in-force", message, "add a value for older days", name, Severity.WARNING)
        return
    age = months_between(days[-1], as_of)
    if stale_after != NEVER and age >= stale_after:
        message = f"its newest value is of {days[-1]}, {age} months ago"
        hint = "look at it, and add it again with a new date if it still holds"
        yield Finding(place, "stale-value", message, hint, name, Severity.WARNING)


def months_between(first: date, last: date) -> int:
    """Whole months; from the 31st to the 30th is not yet one."""
    return (last.year - first.year) * MONTHS_IN_YEAR + last.month - first.month - (last.day < first.day)
