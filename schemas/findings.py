"""What is wrong with a caller's JSON: one finding a fault, each with its JSON pointer. Knows no HTTP, no policies."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow.exceptions import SCHEMA

UNKNOWN_FIELD = "unknown-field"
LONGEST_KEY = 200
MOST_FINDINGS = 1_000
"""A body of a megabyte can hold a hundred thousand faults: the answer must not be larger than the question."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`pointer`: RFC 6901, empty for the whole document. `code` is stable and explained in `docs/errors.md`."""

    pointer: str
    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.code}: {self.message} ({self.fix})"


class Invalid(Exception):
    """JSON that was read and refused, with every finding, sorted by pointer."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings[:MOST_FINDINGS])))


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding that doesn't know its place yet. `known`: the names to choose from, for a suggestion."""

    code: str
    message: str
    fix: str
    known: tuple[str, ...] = ()


def child(pointer: str, key: str | int) -> str:
    """A pointer one level deeper. Half surrogates, which no answer can carry, are written as escapes."""
    name = str(key)
    if len(name) > LONGEST_KEY:
        name = name[:LONGEST_KEY] + "…"
    name = name.encode("utf-8", "backslashreplace").decode()
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def placed(errors: object, pointer: str = "") -> Iterator[Finding]:
    """The findings in marshmallow's tree of messages, whose leaves are lists of `Fault`.

    Beyond MOST_FINDINGS no name is suggested: in a body that is all faults, comparing words would be most of the work.
    """
    for number, (place, fault) in enumerate(_faults(errors, pointer)):
        near = suggestion(place.rpartition("/")[2], fault.known) if fault.known and number < MOST_FINDINGS else ""
        yield Finding(place, fault.code, fault.message, near or fault.fix)


def _faults(errors: object, pointer: str) -> Iterator[tuple[str, Fault]]:
    match errors:
        case Mapping():
            for key, inner in errors.items():
                if key == SCHEMA and not _is_unknown_field(inner):
                    yield from _faults(inner, pointer)
                else:
                    yield from _faults(inner, child(pointer, key))
        case list():
            for fault in errors:
                yield pointer, fault
        case _:
            raise AssertionError(errors)


def _is_unknown_field(inner: Any) -> bool:
    return isinstance(inner, list) and all(fault.code == UNKNOWN_FIELD for fault in inner)


def suggestion(word: str, known: Sequence[str]) -> str:
    """'Did you mean ...', or '' where nothing is near. Long words aren't compared: that is quadratic work."""
    near = difflib.get_close_matches(word, known, n=1) if len(word) <= 40 else []
    return f"Did you mean '{near[0]}'?" if near else ""
