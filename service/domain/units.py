"""A fact's, parameter's or slot's value as a manager reads it. Client wording is elsewhere: this is English, fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.domain import money
from service.domain.facts import SCALE, Type, Unit, Value

_COUNTED = {Unit.DAYS: "day", Unit.MONTHS: "month", Unit.HOURS: "hour"}


def decimal_text(value: int, scale: int) -> str:
    """`value / scale` without trailing zeros; `scale` is a power of ten: (1250, 100) is `12.5`."""
    whole, rest = divmod(abs(value), scale)
    fraction = f"{rest:0{len(str(scale)) - 1}}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


def value_text(type: Type, value: Value, currency: str) -> str:
    """`20 %`, `14 days`, `1,200.00 EUR`, `2.5 x`, `vip`, `yes`; a set's members in their declared order."""
    return value if isinstance(value, str) else value_writer(type, currency)(value)


def value_writer(type: Type, currency: str) -> Callable[[Any], str]:
    """`value_text` of one type and currency, prepared once for many values."""
    match type.unit:
        case Unit.ENUM if type.many:
            return lambda members: ", ".join([member for member in type.values if member in members]) or "none"
        case Unit.BOOL:
            return lambda value: "yes" if value else "no"
        case Unit.MONEY:
            return lambda value: money.text(value, currency)
        case Unit.PERCENT:
            return lambda value: decimal_text(value, SCALE[Unit.PERCENT]) + " %"
        case Unit.RATIO:
            return lambda value: decimal_text(value, SCALE[Unit.RATIO]) + " x"
        case Unit.DAYS | Unit.MONTHS | Unit.HOURS:
            noun = _COUNTED[type.unit]
            return lambda value: f"{value} {noun}" if value == 1 else f"{value} {noun}s"
    return str
