"""Whose word a change of a policy needs, by the approval matrix of the book in force, and why. Pure.

Each change is judged by itself, and a rule by each effect that it writes: the strictest line that fits counts, the
matrix's default where none does. What is needed of all changes is the strictest of that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from service.domain.authority import ApprovalLine, ApprovalMatrix
from service.domain.people import Role, strictest
from service.governance.diff.changes import BookDiff, Change, Kind, Subject
from service.policy.book import Book

GOVERNANCE_FILE = "governance.yaml"
LEAST = Role.MANAGER
"""Whose word the smallest change needs."""

WHOLE = 10_000
"""Basis points in one."""

Dated = tuple[tuple[date, int | Fraction], ...]


@dataclass(frozen=True, slots=True)
class Because:
    """One change, or one effect of it, and the line of the matrix that fits; `line` is empty for the default."""

    subject: str
    name: str
    effect: str
    line: str
    by: Role


@dataclass(frozen=True, slots=True)
class Requirement:
    """`against`: the version in force that the changes are counted from, None where there is none yet."""

    role: Role
    against: str | None
    because: tuple[Because, ...]

    def data(self) -> dict[str, Any]:
        return {
            "role": self.role.value,
            "against": self.against,
            "because": [
                {"subject": b.subject, "name": b.name, "effect": b.effect, "line": b.line, "role": b.by.value}
                for b in self.because
            ],
        }


def first_version() -> Requirement:
    """With nothing in force there is no matrix: the strictest that any could ask for."""
    role = ApprovalMatrix().default
    return Requirement(role, None, (Because(Subject.BOOK.value, "", "", "", role),))


def required(diff: BookDiff, before: Book, after: Book, matrix: ApprovalMatrix) -> Requirement:
    """`matrix`: of the book in force, so that a draft can't loosen what it must pass."""
    because = [
        _judged(part, before, after, matrix) for change in diff.changes for part in _parts(change, before, after)
    ]
    if _governance(before) != _governance(after):
        role = strictest([matrix.default, ApprovalMatrix().default])
        because.append(Because("governance", "", "", "", role))
    return Requirement(strictest([LEAST, *(b.by for b in because)]), before.version, tuple(because))


@dataclass(frozen=True, slots=True)
class _Part:
    """A change as one of the effects sees it that its rule writes; '' where it writes none."""

    change: Change
    effect: str


def _parts(change: Change, before: Book, after: Book) -> Iterator[_Part]:
    effects = sorted({*_effects(change, before, change.was or change.name), *_effects(change, after, change.name)})
    return (_Part(change, effect) for effect in effects or [""])


def _effects(change: Change, book: Book, name: str) -> set[str]:
    match change.subject:
        case Subject.RULE | Subject.ROW:
            written = {slot for rule in book.rules if rule.id == name for slot, _ in rule.effects}
            return written or _outputs(book, name.partition("/")[0])
        case Subject.TABLE:
            return _outputs(book, name)
        case Subject.EFFECT:
            return {name}
    return set()


def _outputs(book: Book, table: str) -> set[str]:
    return set(book.tables[table].outputs) if table in book.tables else set()


def _judged(part: _Part, before: Book, after: Book, matrix: ApprovalMatrix) -> Because:
    change = part.change
    fitting = [line for line in matrix.lines if _fits(line, part, before, after)]
    by = strictest([line.by for line in fitting]) if fitting else matrix.default
    line = next((line.id for line in fitting if line.by is by), "")
    return Because(change.subject.value, change.name, part.effect, line, by)


def _fits(line: ApprovalLine, part: _Part, before: Book, after: Book) -> bool:
    change = part.change
    if line.subjects and change.subject.value not in line.subjects:
        return False
    if line.names and not {change.name, change.was} & set(line.names):
        return False
    if line.effects and part.effect not in line.effects:
        return False
    return line.within is None or _within(line.within, change, before, after)


def _within(bound: int, change: Change, before: Book, after: Book) -> bool:
    """Whether only numbers of a parameter or a rate moved, on every day by at most `bound` of what held before."""
    if change.kind in (Kind.ADDED, Kind.REMOVED):
        return False
    if any(not detail.aspect.startswith("from ") for detail in change.details):
        return False
    old, new = _dated(change, before, change.was or change.name), _dated(change, after, change.name)
    if old is None or new is None:
        return False
    days = sorted({day for day, _ in (*old, *new)})
    return all(_moved_little(bound, _value_on(old, day), _value_on(new, day)) for day in days)


def _dated(change: Change, book: Book, name: str) -> Dated | None:
    match change.subject:
        case Subject.PARAMETER:
            return book.parameters[name].values
        case Subject.RATE:
            return book.rates[name]
    return None


def _value_on(dated: Dated, day: date) -> int | Fraction | None:
    return next((value for since, value in reversed(dated) if since <= day), None)


def _moved_little(bound: int, old: int | Fraction | None, new: int | Fraction | None) -> bool:
    if old is None or new is None:
        return old is new
    return abs(new - old) * WHOLE <= bound * abs(old)


def _governance(book: Book) -> tuple[object, object]:
    """As loaded, and as written: a change that loads alike still shows that somebody touched the file."""
    content: Mapping[str, Any] = json.loads(book.content)
    return book.governance, content.get(GOVERNANCE_FILE)
