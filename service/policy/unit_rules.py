"""What units allow: how a literal is scaled, which products make sense, how a type is called in a message.

Pure rules on types and literals. Knows neither syntax trees nor the names of a book.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from service.domain.facts import COUNT, NUMERIC, PERCENT, SCALE, Type, Unit
from service.domain.money import exponent

LARGEST = 2**63 - 1
"""Every reader, SQL included, computes in signed 64 bits."""

UNKNOWN = Type(Unit.COUNT, ("?",))
"""Stands for the unit of something that already has a finding; told apart by identity."""

_COUNTED = {Unit.COUNT: "a count", Unit.MONEY: "money", Unit.PERCENT: "a percent", Unit.RATIO: "a ratio"}


class Inexact(ValueError):
    """The literal has more decimal digits than its unit can hold; `digits` of them fit."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        super().__init__(digits)


def called(type: Type) -> str:
    """`money`, `days`, `yes or no`, `one of vip, regular`."""
    if type.unit is Unit.ENUM:
        return str(type)
    return "yes or no" if type.unit is Unit.BOOL else _COUNTED.get(type.unit, type.unit.value)


def decimals(type: Type, currency: str) -> int:
    """How many decimal digits one written unit has: money 2 in EUR, percent 2 (basis points), ratio 4, others 0."""
    if type.unit is Unit.MONEY:
        return exponent(currency)
    return len(str(SCALE.get(type.unit, 1))) - 1


def scaled(written: str, type: Type, currency: str) -> int:
    """Stored units of a number as written: '12.50' is 1250 as percent. Raises Inexact, OverflowError beyond 64 bits."""
    whole, _, fraction = written.partition(".")
    digits = decimals(type, currency)
    if "." in written and (digits == 0 or fraction[digits:].strip("0")):
        raise Inexact(digits)
    value = int(whole + fraction[:digits].ljust(digits, "0"))
    if value > LARGEST:
        raise OverflowError(written)
    return value


def numeric(type: Type) -> bool:
    return type.unit in NUMERIC and not type.many


def product(left: Type, right: Type) -> Type | None:
    """A count times anything numeric; no other product has a unit."""
    if left == COUNT and numeric(right):
        return right
    return left if right == COUNT and numeric(left) else None


def product_hint(left: Type, right: Type) -> str:
    if PERCENT.unit in (left.unit, right.unit) or Unit.RATIO in (left.unit, right.unit):
        return "a share of something is percent(x, p)"
    return "one side of * must be a count"


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean ...?`, or nothing. A name that only lacks its prefix comes first."""
    names = sorted(known)
    close = [name for name in names if name.rpartition(".")[2] == word.rpartition(".")[2]]
    close = close if len(close) == 1 else get_close_matches(word, names, 1)
    return f"did you mean {close[0]}?" if close else ""
