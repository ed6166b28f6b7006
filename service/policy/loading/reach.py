"""Runs the bounds check on a book that has no other finding, for every day on which its numbers change."""

from __future__ import annotations

from collections.abc import Iterator

from service.policy.binding import NoRate, NoValue, bind
from service.policy.book import Book
from service.policy.bounds import check_bounds
from service.policy.findings import Place
from service.policy.loading.report import Report
from service.policy.program import Program


def check_reach(report: Report, book: Book) -> None:
    places = _places(book)
    seen = set()
    for program in _programs(book):
        for fault in check_bounds(program):
            if (fault.kind, fault.name, fault.code) not in seen:
                seen.add((fault.kind, fault.name, fault.code))
                place = places.get((fault.kind, fault.name), Place("book.yaml", 1, 1))
                report.add(place, fault.code, fault.message, fault.suggestion, fault.name)


def _programs(book: Book) -> Iterator[Program]:
    """Each day's numbers in the book's currency, the newest also in every foreign one: rates only scale."""
    days = sorted({day for parameter in book.parameters.values() for day, _ in parameter.values})
    newest = max([*days, *(day for rate in book.rates.values() for day, _ in rate)], default=None)
    for day in days:
        try:
            yield bind(book, day, book.currency)
        except NoValue:
            continue  # before all parameters have a value nothing is decided
    if newest is None:
        return
    for currency in book.rates:
        try:
            yield bind(book, newest, currency)
        except (NoRate, NoValue):
            continue


def _places(book: Book) -> dict[tuple[str, str], Place]:
    places = {("rule", rule.id): rule.place for rule in book.rules}
    places.update((("computed", one.name), one.place) for one in book.computed)
    places.update((("guardrail", one.id), one.place) for one in book.guardrails)
    places.update((("option", one.id), one.place) for one in book.options)
    return places
