"""Runs the bounds check on a book that has no other finding, over all days and currencies at once."""

from __future__ import annotations

from service.policy.binding import for_bounds
from service.policy.book import Book
from service.policy.bounds import check_bounds
from service.policy.findings import Place
from service.policy.loading.report import Report


def check_reach(report: Report, book: Book) -> None:
    places = _places(book)
    program, reach = for_bounds(book)
    for fault in check_bounds(program, reach):
        place = places.get((fault.kind, fault.name), Place("book.yaml", 1, 1))
        report.add(place, fault.code, fault.message, fault.suggestion, fault.name)


def _places(book: Book) -> dict[tuple[str, str], Place]:
    places = {("rule", rule.id): rule.place for rule in book.rules}
    places.update((("computed", one.name), one.place) for one in book.computed)
    places.update((("guardrail", one.id), one.place) for one in book.guardrails)
    places.update((("option", one.id), one.place) for one in book.options)
    return places
