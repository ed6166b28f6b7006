"""What a case expects beside what was decided, part by part. Knows JSON values, neither books nor requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Compared:
    """One expectation. `at`: a JSON pointer into the decision, or `rule <id>`. Both sides as text to read."""

    at: str
    expected: str
    actual: str
    fits: bool

    def __str__(self) -> str:
        if self.expected in _SHOULD:
            return f"{self.at} {_SHOULD[self.expected]}"
        return f"{self.at}: expected {self.expected}, is {self.actual}"


FIRED, NOT_FIRED = "fired", "not fired"
_SHOULD = {FIRED: "should have fired", NOT_FIRED: "should not have fired"}
MISSING = "missing"


def compared(expect: object, actual: object, pointer: str = "") -> Iterator[Compared]:
    """Mappings may hold more than is expected; lists have the expected length."""
    at = pointer or "/"
    if isinstance(expect, dict):
        if not isinstance(actual, dict):
            yield Compared(at, "keys and values", _text(actual), False)
            return
        for key, value in expect.items():
            if key in actual:
                yield from compared(value, actual[key], f"{pointer}/{key}")
            else:
                yield Compared(f"{pointer}/{key}", _text(value), MISSING, False)
    elif isinstance(expect, list):
        yield from _lists(expect, actual, at)
    else:
        # True == 1 in Python, not in JSON.
        same = expect == actual and isinstance(expect, bool) == isinstance(actual, bool)
        yield Compared(at, _text(expect), _text(actual), same)


def _lists(expect: list[Any], actual: object, at: str) -> Iterator[Compared]:
    if not isinstance(actual, list):
        yield Compared(at, "a list", _text(actual), False)
    elif len(actual) != len(expect):
        yield Compared(at, f"{len(expect)} items", f"{len(actual)} items: {_text(actual)}", False)
    elif not expect:
        yield Compared(at, "[]", "[]", True)
    else:
        for index, (one, other) in enumerate(zip(expect, actual, strict=True)):
            yield from compared(one, other, f"{at.rstrip('/')}/{index}")


def compared_rules(rules: Collection[str], not_rules: Collection[str], fired: Collection[str]) -> Iterator[Compared]:
    for wanted, names in ((FIRED, rules), (NOT_FIRED, not_rules)):
        for name in names:
            actual = FIRED if name in fired else NOT_FIRED
            yield Compared(f"rule {name}", wanted, actual, wanted == actual)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
