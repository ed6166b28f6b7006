"""What one name of a book is and does, as a value that a command prints: everything here is already in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.authoring.uses import Use
from service.authoring.words import Clause


@dataclass(frozen=True, slots=True)
class Dated:
    """A parameter's value from a day on. `state`: past, in force, or to come."""

    since: date
    value: str
    state: str


@dataclass(frozen=True, slots=True)
class Known:
    """A name that is read: what kind it is, what it means, and a parameter's value on the day."""

    name: str
    kind: str
    meaning: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class CaseOf:
    """A case that shows it. `why`: in a few words."""

    id: str
    why: str
    worked: str
    place: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`about`: what it says of itself, label and text. `condition`: when it applies, or what it is worked out from.

    `written`: the same as it stands in the book.
    """

    kind: str
    name: str
    place: str
    practice: str
    meaning: str
    about: tuple[tuple[str, str], ...] = ()
    condition: Clause | None = None
    written: str = ""
    effects: tuple[str, ...] = ()
    reads: tuple[Known, ...] = ()
    history: tuple[Dated, ...] = ()
    uses: tuple[Use, ...] = ()
    cases: tuple[CaseOf, ...] = ()
