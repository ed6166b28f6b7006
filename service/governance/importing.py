"""A book from a folder put in force without a second pair of eyes: by the service itself where the folder is the
policy, by command where nothing is in force yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from schemas.vocabulary import declarations
from service.domain.people import SYSTEM, Caller
from service.domain.steps import Kind, Step
from service.domain.timeline import FROM_THE_BEGINNING
from service.governance.checking import Checked, check_files
from service.governance.drafting import first_step, kept_version
from service.governance.refusal import Refusal, Why
from service.governance.standing import Governing
from service.governance.taking import newest
from service.policy.book import Book
from service.policy.loader import load_book

NOTE = "imported from the folder that the service watches"


def import_changed(at: Governing, book: Book, files: Mapping[str, bytes]) -> Step | None:
    """None where the book is the one that was imported last: a release by hand since then stands.

    `files`: those that `book` was loaded from.
    """
    while True:
        steps = at.register.steps(book.name)
        if _imported_last(steps) == book.version:
            return None
        written = _imported(at, steps, book, files, SYSTEM, NOTE)
        if written:
            return written


def import_first(
    at: Governing, files: Mapping[str, bytes], caller: Caller, note: str
) -> tuple[Book, Step] | Checked | Refusal:
    """A book's first version, checked. Raises BookRefused."""
    book = load_book(files, declarations())
    checked = check_files(files, at.now())
    if checked.errors:
        return checked
    while True:
        steps = at.register.steps(book.name)
        if at.standing(steps).timeline.releases:
            reason = f"{book.name} has been released already: draft a change of it, and have it checked and approved."
            return Refusal(Why.CONFLICT, "already-released", reason)
        written = _imported(at, steps, book, files, caller, note)
        if written:
            return book, written


def _imported(
    at: Governing, steps: Sequence[Step], book: Book, files: Mapping[str, bytes], caller: Caller, note: str
) -> Step | None:
    """The first version of a book holds from the beginning, a later one from today on."""
    standing = at.standing(steps)
    first = not standing.timeline.releases
    effective = FROM_THE_BEGINNING if first else standing.today
    step = replace(first_step(book, Kind.IMPORTED, caller, note), effective_from=effective)
    kept = kept_version(at, book, files, caller, note, standing.in_force())
    return at.register.append(step, newest(steps), at.now(), kept)


def _imported_last(steps: Sequence[Step]) -> str | None:
    return next((step.version for step in reversed(steps) if step.kind is Kind.IMPORTED), None)
