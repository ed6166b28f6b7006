"""Which of the books in a ledger a service serves. Knows names and days, not what a book says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.domain.timeline import timeline
from service.ledger import PolicyRegister

FIRST_RELEASE = "`quotewright policy import FOLDER` puts a first version in force; docs/governance.md shows how."


@dataclass(frozen=True, slots=True)
class NotServed:
    """`reason`: what is missing and what to do."""

    reason: str


def served_book(register: PolicyRegister, name: str, today: date) -> str | NotServed:
    """`name`: the one that is wanted; empty: the only one. Raises LedgerUnavailable."""
    books = register.released_books()
    if name and name not in books:
        return NotServed(f"No version of the book {name} was released. {FIRST_RELEASE}")
    if not books:
        return NotServed(f"No policy was released yet. {FIRST_RELEASE}")
    if not name and len(books) > 1:
        reason = f"The ledger holds several books: set POLICY_NAME to one of {', '.join(books)}."
        return NotServed(reason)
    book = name or books[0]
    if timeline(register.steps(book)).in_force(today) is None:
        reason = f"No version of the book {book} is in force on {today}: its first release holds from a later day on."
        return NotServed(reason)
    return book


def name_refusal(served: str, found: str) -> NotServed | None:
    """`served`: the book that the service is set to serve, empty for any; `found`: the folder's."""
    if not served or served == found:
        return None
    return NotServed(f"The folder's book is named {found}, and POLICY_NAME is {served}.")
