"""What is wrong with a book, told to the person who can mend it: place, stable code, message, suggestion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """1-based line and column in a file of the book; in the order of reading."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """A book with an error is refused; a warning is for its author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`code` is stable and explained in `docs/errors.md`; `subject` is the rule, parameter or slot concerned.

    `witness`: names and values of a request that shows it, as a reader sees them.
    """

    place: Place
    code: str
    message: str
    suggestion: str = ""
    subject: str = ""
    severity: Severity = Severity.ERROR
    witness: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """One line, whatever a book's texts hold: no sign in them ends it or steers a terminal."""
        hint = f" ({self.suggestion})" if self.suggestion else ""
        subject = f" [{self.subject}]" if self.subject else ""
        warning = "warning: " if self.severity is Severity.WARNING else ""
        return _visible(f"{self.place}: {warning}{self.code}:{subject} {self.message}{hint}")


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join([sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text])


class BookRefused(Exception):
    """A book with at least one error. It is refused as a whole: a rule left out could be a guardrail."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))
