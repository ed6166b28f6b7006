"""A fact's, parameter's or slot's value as a manager reads it. Client wording is elsewhere: this is English, fixed."""

from __future__ import annotations

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
    unit = type.unit
    if isinstance(value, frozenset):
        return ", ".join(member for member in type.values if member in value) or "none"
    if isinstance(value, str):
        return value
    if unit is Unit.BOOL:
        return "yes" if value else "no"
    if unit is Unit.MONEY:
        return money.text(value, currency)
    if unit is Unit.PERCENT:
        return decimal_text(value, SCALE[unit]) + " %"
    if unit is Unit.RATIO:
        return decimal_text(value, SCALE[unit]) + " x"
    noun = _COUNTED.get(unit)
    if noun is None:
        return str(value)
    return f"{value} {noun if value == 1 else noun + 's'}"
