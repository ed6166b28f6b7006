"""What units allow: how a literal is scaled, which products make sense, how a type is called in a message.

Pure rules on types and literals. Knows neither syntax trees nor the names of a book.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from service.domain.facts import COUNT, NUMERIC, PERCENT, SCALE, Type, Unit
from service.domain.money import exponent

LARGEST = 2**63 - 1
"""Every reader, SQL included, computes in signed 64 bits."""

UNKNOWN = Type(Unit.COUNT, ("?",))
"""Stands for the unit of something that already has a finding; told apart by identity."""

_COUNTED = {Unit.COUNT: "a count", Unit.MONEY: "money", Unit.PERCENT: "a percent", Unit.RATIO: "a ratio"}


CLOSE = 0.6
"""How much alike words must be for one to be meant by the other."""


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
    return _nearest(word, tuple(sorted(known)))


@lru_cache(maxsize=1000)  # one name that is gone may be read by every rule of a book
def _nearest(word: str, names: tuple[str, ...]) -> str:
    last = word.rpartition(".")[2]
    same = [name for name in names if name.rpartition(".")[2] == last]
    close = same[0] if len(same) == 1 else _closest(word, names)
    return f"did you mean {close}?" if close else ""


def _closest(word: str, names: Iterable[str]) -> str:
    """What difflib.get_close_matches gives. To lay words side by side is slow: first those with most letters alike."""
    best = (CLOSE, "")
    fitting = [name for name in names if _alike(min(len(word), len(name)), word, name) >= CLOSE]
    matcher = SequenceMatcher(b=word)
    shared = ((_alike(len(_letters(word) & _letters(name)), word, name), name) for name in fitting)
    for most, name in sorted(shared, reverse=True):
        if most < best[0]:
            break
        matcher.set_seq1(name)
        best = max(best, (matcher.ratio(), name))
    return best[1]


def _alike(shared: int, word: str, name: str) -> float:
    """As difflib counts it: 1 where all letters of both are shared."""
    return 2.0 * shared / (len(word) + len(name))


@lru_cache(maxsize=5000)
def _letters(word: str) -> frozenset[tuple[str, int]]:
    """Each letter with how often it came before."""
    return frozenset((letter, word.count(letter, 0, at)) for at, letter in enumerate(word))
