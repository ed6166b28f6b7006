"""Strict JSON (RFC 8259 with I-JSON's limits): bytes in, a plain value and findings out. Knows no schema.

The text is scanned for depth before it is parsed, so that no input can exhaust the stack. A fast parser reads what has
no fault that it would pass over; the exact one reads the rest, and says what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from schemas.findings import Finding, child

DEEPEST = 32
NOT_JSON = frozenset({"not-json", "invalid-utf8", "too-deep"})
"""Codes of text that can't be read at all; the others concern one value in it."""

_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET = bytes(sorted(set(range(256)) - set(b"[]{}")))
_DIGITS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))
_LONG_NUMBER = b"0" * 19
"""Shorter ones fit into 64 bits; only where there is one is each integer looked at."""

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class JsonText:
    """`value` is None where the text can't be read at all. A value with a finding is replaced by `REFUSED`."""

    value: Any
    findings: tuple[Finding, ...] = ()

    @property
    def unreadable(self) -> bool:
        return any(finding.code in NOT_JSON for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands where a value was that can't be represented; no field takes it."""

    code: str
    message: str
    fix: str


class Doubled(dict[str, Any]):
    """An object that gave `names` more than once; it holds the last value of each, which nobody should trust."""

    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What the parser's hooks met. Positions are found afterwards, and only if they met anything."""

    refused: bool = False
    doubled: list[str] = field(default_factory=list)

    def integer(self, text: str) -> Any:
        if len(text) <= 20 and -(2**63) <= int(text) < 2**63:
            return int(text)
        self.refused = True
        return Refused("integer-too-large", "The integer needs more than 64 bits.", "Give a smaller number.")

    def constant(self, text: str) -> Any:
        self.refused = True
        return Refused("not-json", f"{text} isn't a value of JSON.", "Give a number, or leave the field out.")

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        self.refused = True
        doubled, seen = Doubled(members), set()
        doubled.names = tuple({name: None for name, _ in pairs if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
        return doubled


def parse(raw: bytes) -> JsonText:
    """The value of a JSON text, with every finding. Integers come as int, other numbers as float."""
    if raw.startswith(_UTF8_BOM):
        return _unreadable("not-json", "The text begins with a byte order mark.", "Send UTF-8 without one.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _unreadable("invalid-utf8", f"Byte {error.start + 1} isn't UTF-8.", "Send the text as UTF-8.")
    outside = _outside_strings(raw)
    if _deeper_than(outside, DEEPEST):
        return _unreadable("too-deep", f"The text nests more than {DEEPEST} deep.", "Nest less; no field needs it.")
    long_numbers = _LONG_NUMBER in outside.translate(_DIGITS)
    if not long_numbers and (plain := _plain(raw, outside)) is not None:
        return JsonText(plain)
    reading = _Reading()
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.members,
            parse_int=reading.integer if long_numbers else None,
            parse_constant=reading.constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return _unreadable("not-json", f"The text isn't JSON: {error.msg} ({where}).", "Send one JSON object.")
    return JsonText(value, tuple(_found(value, "")) if reading.refused else ())


def _unreadable(code: str, message: str, fix: str) -> JsonText:
    return JsonText(None, (Finding("", code, message, fix),))


def _plain(raw: bytes, outside: bytes) -> Any:
    """The value by the fast parser, which keeps the last of doubled names without a word: so None where fewer names
    are left than the text has colons, and where that parser refuses the text."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    count, inside = 0, [value]
    while inside:
        each = inside.pop()
        if type(each) is dict:
            count += len(each)
            inside += each.values()
        elif type(each) is list:
            inside += each
    return value if count == outside.count(b":") else None


def _outside_strings(raw: bytes) -> bytes:
    if b"\\" in raw:
        raw = _ESCAPE.sub(b"", raw)
    return b"".join(raw.split(b'"')[::2])


def _deeper_than(outside: bytes, limit: int) -> bool:
    """Brackets, with the innermost pairs struck out until none is left or the limit is passed.

    What is left over by then is unbalanced, no JSON, and parsed only if it can't nest deeper either.
    """
    marks = outside.translate(_BRACKETS, _NO_BRACKET)
    depth = 0
    while (left := marks.replace(b"[]", b"")) != marks:
        marks, depth = left, depth + 1
        if depth > limit:
            return True
    return depth + marks.count(b"[") > limit


def _found(value: Any, pointer: str) -> Iterator[Finding]:
    match value:
        case Refused():
            yield Finding(pointer, value.code, value.message, value.fix)
        case dict():
            for name in value.names if isinstance(value, Doubled) else ():
                yield Finding(child(pointer, name), "duplicate-key", "The name stands twice.", "Keep one of them.")
            for name, inner in value.items():
                yield from _found(inner, child(pointer, name))
        case list():
            for index, inner in enumerate(value):
                yield from _found(inner, child(pointer, index))
