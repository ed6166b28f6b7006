"""What a fact is: its type, unit, range, default and meaning. Knows neither requests nor policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Value = int | bool | str | frozenset[str]
"""A fact's or slot's value. Money: minor units. Percent and ratio: basis points (1 % = 100, 1x = 10,000)."""

Facts = Mapping[str, Value]
"""One flat typed mapping. An absent optional fact holds its zero value, and `has:<name>` is False."""


class Unit(StrEnum):
    BOOL = "bool"
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    RATIO = "ratio"
    DAYS = "days"
    MONTHS = "months"
    HOURS = "hours"
    ENUM = "enum"


NUMERIC = frozenset(Unit) - {Unit.BOOL, Unit.ENUM}
SCALE = {Unit.PERCENT: 100, Unit.RATIO: 10_000}
"""How many stored units one written unit has, where it isn't 1 (money: by currency)."""


@dataclass(frozen=True, slots=True)
class Type:
    """A unit; for an enum also its members in their declared order. `many`: a set of members (union slots)."""

    unit: Unit
    values: tuple[str, ...] = ()
    many: bool = False

    def __str__(self) -> str:
        if self.unit is not Unit.ENUM:
            return self.unit.value
        return f"{'set' if self.many else 'one'} of {', '.join(self.values)}"


BOOL, COUNT, MONEY, PERCENT, RATIO, DAYS, MONTHS, HOURS = (Type(unit) for unit in Unit if unit is not Unit.ENUM)


@dataclass(frozen=True, slots=True)
class FactDecl:
    """One fact of the vocabulary. `minimum` and `maximum` bound numeric facts, both included."""

    name: str
    type: Type
    meaning: str
    minimum: int = 0
    maximum: int = 0
    default: int | bool | str | None = None
    optional: bool = False
    pointer: str = ""
    """Where the request holds it (RFC 6901), empty for a fact that a book adds or derives."""

    def zero(self) -> int | bool | str:
        """What stands in for an absent optional value; policies can't see it without `has()`."""
        if self.type.unit is Unit.BOOL:
            return False
        return self.type.values[0] if self.type.unit is Unit.ENUM else max(0, self.minimum)
