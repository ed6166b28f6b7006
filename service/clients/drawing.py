"""How lists of clients are drawn where nobody says otherwise: by the policy book, where it has a parameter for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.domain.lists import SETTINGS
from service.policy.binding import NoValue, number_in_force
from service.policy.book import Book


def settings(book: Book, as_of: date) -> Mapping[str, int]:
    """Fields of `Drawing` that the book sets on that day. A day before a parameter's first value has none of it."""
    found = {}
    for name, setting in SETTINGS.items():
        if name in book.parameters:
            try:
                found[setting.field] = number_in_force(book, name, as_of, book.currency)
            except NoValue:
                continue
    return found
