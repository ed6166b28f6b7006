"""Other values of a book's parameters, for a preview: read as the book writes them, refused where they don't fit."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.findings import Finding, Invalid, child, suggestion
from service.domain.quote import QuoteRequest
from service.policy.binding import NoRate, NoValue, bind
from service.policy.book import Book
from service.policy.bounds import check_bounds
from service.policy.loading.amounts import amount

_POINTER = "/parameters"


def overrides(book: Book, request: QuoteRequest, written: Mapping[str, str | int]) -> dict[str, int]:
    """Stored units by parameter. Raises `Invalid`."""
    values: dict[str, int] = {}
    findings = []
    for name, value in written.items():
        pointer = child(_POINTER, name)
        parameter = book.parameters.get(name)
        if parameter is None:
            fix = suggestion(name, tuple(book.parameters)) or "Take a name from the book's parameters.yaml."
            findings.append(Finding(pointer, "unknown-parameter", "The book has no such parameter.", fix))
            continue
        try:
            values[name] = amount(value, parameter.type, book.currency)
        except ValueError as error:
            findings.append(Finding(pointer, "wrong-value", f"{error}.", "Write it as the book does."))
    if not findings and values:
        findings += _unsafe(book, request, values)
    if findings:
        raise Invalid(findings)
    return values


def _unsafe(book: Book, request: QuoteRequest, values: Mapping[str, int]) -> list[Finding]:
    """The book was shown to compute exactly with its own numbers; with others that must be shown anew."""
    try:
        program = bind(book, request.as_of, request.currency, values)
    except (NoRate, NoValue):
        return []  # told when it is decided
    return [
        Finding(_POINTER, fault.code, f"{fault.kind} {fault.name}: {fault.message}.", "Take smaller values.")
        for fault in check_bounds(program)
    ]
