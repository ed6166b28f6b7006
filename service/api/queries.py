"""Query parameters read strictly: a value that doesn't fit is refused with what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from flask import request
from marshmallow import ValidationError

from schemas.fields import REFUSED_CHARACTERS, Day, Moment
from schemas.problem import Problem
from service.api.problems import Refused

T = TypeVar("T")
LONGEST = 200


def whole(name: str, low: int, high: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise _bad(name, f"a whole number from {low} to {high}")
    return int(text)


def needed_whole(name: str, low: int, high: int) -> int:
    value = whole(name, low, high)
    if value is None:
        raise _bad(name, f"needed: a whole number from {low} to {high}")
    return value


def choice(name: str, known: Sequence[str]) -> str | None:
    text = request.args.get(name)
    if text is not None and text not in known:
        raise _bad(name, f"one of {', '.join(known)}")
    return text


def text(name: str) -> str | None:
    return request.args.get(name)


def printable(name: str) -> str | None:
    """As `text`, without what no record holds and a database refuses to be asked for."""
    value = request.args.get(name)
    if value is not None and not (0 < len(value) <= LONGEST and not REFUSED_CHARACTERS.search(value)):
        raise _bad(name, f"1 to {LONGEST} printable characters")
    return value


def switch(name: str) -> bool | None:
    """None where nothing is asked."""
    word = choice(name, ("true", "false"))
    return None if word is None else word == "true"


def day(name: str) -> date | None:
    return _read(name, Day("").deserialize, "a date such as 2026-03-31")


def moment(name: str) -> datetime | None:
    return _read(name, Moment("").deserialize, "a moment such as 2026-03-31T14:05:00Z; write a + as %2B")


def _read(name: str, read: Callable[[str], T], wanted: str) -> T | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return read(text)
    except ValidationError as error:
        raise _bad(name, wanted) from error


def _bad(name: str, wanted: str) -> Refused:
    return Refused(Problem(status=400, code="bad-query", detail=f"The query parameter {name} is {wanted}."))
