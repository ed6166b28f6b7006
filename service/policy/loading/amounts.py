"""Values as a book writes them, `15 %`, `50.00`, `2.5`, 14, in stored units. Knows neither slots nor parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.facts import BOOL, COUNT, DAYS, HOURS, MONEY, MONTHS, PERCENT, RATIO, Type, Unit
from service.policy.unit_rules import Inexact, called, scaled

LARGEST = 2**53 - 1
"""The rule engine computes in doubles: no number of a book is beyond what they hold exactly."""

TYPES = {type.unit.value: type for type in (BOOL, COUNT, MONEY, PERCENT, RATIO, DAYS, MONTHS, HOURS)}
_SIGNS = {Unit.PERCENT: r"\s*%?", Unit.RATIO: r"\s*x?"}
_NUMBER = r"(-?)([0-9]{1,18}(?:\.[0-9]{1,18})?)"


def type_named(name: str, values: Sequence[str] | None) -> Type:
    """Raises ValueError saying what a type may be."""
    if name == Unit.ENUM:
        if not values:
            raise ValueError("an enum needs its 'values'")
        if len(set(values)) < len(values):
            raise ValueError("a value stands twice in 'values'")
        return Type(Unit.ENUM, tuple(values))
    if name not in TYPES:
        raise ValueError(f"'{name}' is not a type; types are {', '.join(TYPES)} and enum")
    if values:
        raise ValueError(f"only an enum has 'values', this is {called(TYPES[name])}")
    return TYPES[name]


def amount(written: object, type: Type, currency: str) -> int:
    """Stored units of a number with its unit; ValueError saying what was expected."""
    match = None
    if isinstance(written, (int, str)) and not isinstance(written, bool):
        match = re.fullmatch(_NUMBER + _SIGNS.get(type.unit, ""), str(written).strip())
    if match is None:
        raise ValueError(f"{written!r} is not {called(type)}, such as {_example(type)}")
    try:
        value = scaled(match.group(2), type, currency)
    except Inexact as inexact:
        fits = f"at most {inexact.digits} decimals" if inexact.digits else "whole numbers only"
        raise ValueError(f"{written} is too fine for {called(type)}: {fits}") from None
    except OverflowError:
        value = LARGEST + 1
    if value > LARGEST:
        raise ValueError(f"{written} is too large")
    return -value if match.group(1) else value


def _example(type: Type) -> str:
    return {Unit.MONEY: '"50.00"', Unit.PERCENT: '"15 %"', Unit.RATIO: '"2.5"'}.get(type.unit, "14")
