"""Other values of a book's parameters, for a preview: read as the book writes them, refused where they don't fit."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.findings import Finding, Invalid, child, suggestion
from service.domain.quote import QuoteRequest
from service.policy.book import Book
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
    if findings:
        raise Invalid(findings)
    return values
