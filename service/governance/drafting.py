"""How a version comes to be known, and what is found when it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary import declarations
from service.domain.people import Caller
from service.domain.steps import Kind, Step
from service.governance.archive import NoArchive, packed, unpacked
from service.governance.checking import Checked, check_files
from service.governance.editions import Unusable, stored_files
from service.governance.refusal import Refusal, Why
from service.governance.standing import Governing, unknown_version
from service.governance.taking import impossible, newest
from service.ledger import Kept, NewStep, Origin, StoredVersion
from service.policy.book import Book
from service.policy.findings import BookRefused
from service.policy.loader import load_book

_CHANGED = "its files aren't what its id says: somebody changed them in the database"


@dataclass(frozen=True, slots=True)
class Drafted:
    """`new`: whether this recorded anything; the same content is the same version."""

    version: str
    book: str
    new: bool


def draft(
    at: Governing, files: Mapping[str, bytes], caller: Caller, note: str, parent: str | None = None, only: str = ""
) -> Drafted | Refusal:
    """`parent`: left out, the version in force. `only`: the book that may be drafted, if not every one.

    Raises BookRefused with all findings.
    """
    book = load_book(files, declarations())
    if only and book.name != only:
        reason = f"This book is named {book.name}, and {only} is what is served here: name it so."
        return Refusal(Why.CONFLICT, "other-book", reason)
    while True:
        steps = at.register.steps(book.name)
        standing = at.standing(steps)
        if book.version in standing.lives:
            return Drafted(book.version, book.name, new=False)
        if parent is not None and parent not in standing.lives:
            return unknown_version(parent)
        kept = kept_version(at, book, files, caller, note, parent or standing.in_force())
        step = first_step(book, Kind.DRAFTED, caller, note)
        if at.register.append(step, newest(steps), at.now(), kept):
            return Drafted(book.version, book.name, new=True)


def check(at: Governing, version: str, caller: Caller, checked: Checked | None = None) -> Step | Checked | Refusal:
    """The step of a check that passed; else what was found, and nothing is recorded. `checked`: what was found of this
    version just now, by whoever shows it. Raises Unusable."""
    book = at.book_of(version)
    if isinstance(book, Refusal):
        return book
    while True:
        steps = at.register.steps(book)
        refusal = impossible(at.standing(steps), version, Kind.CHECKED)
        if refusal:
            return refusal
        checked = checked or check_files(written_files(at, version), at.now())
        if checked.errors:
            return checked
        step = NewStep(
            book=book,
            version=version,
            kind=Kind.CHECKED,
            by=caller.id,
            role=caller.role.value,
            details=checked.counts(),
        )
        written = at.register.append(step, newest(steps), at.now())
        if written:
            return written


def written_files(at: Governing, version: str) -> Mapping[str, bytes]:
    """As their author wrote them where that is kept and this service can tell that it is, else by the content.

    Raises Unusable.
    """
    archive = at.register.files(version)
    if archive is None:
        return stored_files(at.register, version)
    try:
        files = unpacked(archive)
    except NoArchive as fault:
        raise Unusable(version, _CHANGED) from fault
    try:
        book = load_book(files, declarations())
    except BookRefused:
        return stored_files(at.register, version)
    if book.version != version:
        raise Unusable(version, _CHANGED)
    return files


def kept_version(
    at: Governing, book: Book, files: Mapping[str, bytes], caller: Caller, note: str, parent: str | None
) -> Kept:
    origin = Origin(book.version, caller.id, at.now(), note, parent)
    return Kept(StoredVersion(book.version, book.name, book.content), origin, packed(files))


def first_step(book: Book, kind: Kind, caller: Caller, note: str) -> NewStep:
    return NewStep(book=book.name, version=book.version, kind=kind, by=caller.id, role=caller.role.value, note=note)
