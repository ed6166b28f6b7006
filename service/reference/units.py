"""How a value of each unit is written in a book: as a pattern for editors, and in words. Knows no file of a book."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.facts import NUMERIC, Unit
from service.reference.json_schema import Json

TYPES = [unit.value for unit in Unit]
NUMBERS = [unit.value for unit in Unit if unit in NUMERIC]

_WHOLE: Json = {"type": ["integer", "string"], "pattern": r"^\s*-?\d{1,18}\s*$"}


def _decimal(sign: str, digits: int) -> Json:
    return {"type": ["number", "string"], "pattern": rf"^\s*-?\d{{1,18}}(\.\d{{1,{digits}}}0*)?\s*{sign}\s*$"}


WRITTEN: dict[str, Json] = {
    Unit.MONEY.value: {"description": "An amount in the book's currency, such as 50.00.", **_decimal("", 3)},
    Unit.PERCENT.value: {"description": "A percent, such as 15 %.", **_decimal("%?", 2)},
    Unit.RATIO.value: {"description": "A multiple, such as 2.5.", **_decimal("x?", 4)},
    Unit.DAYS.value: {"description": "Days, such as 14.", **_WHOLE},
    Unit.MONTHS.value: {"description": "Months, such as 6.", **_WHOLE},
    Unit.HOURS.value: {"description": "Hours, such as 24.", **_WHOLE},
    Unit.COUNT.value: {"description": "A whole number, such as 3.", **_WHOLE},
    Unit.BOOL.value: {"type": "boolean"},
    Unit.ENUM.value: {"description": "One of the values.", "type": "string"},
}
"""Unit -> a literal of it outside expressions."""


def of_type(*units: str) -> Json:
    """Matches an item whose `type` is one of these."""
    return {"properties": {"type": {"enum": list(units)}}, "required": ["type"]}


def written_in_their_unit(keys: Sequence[str], units: Sequence[str]) -> list[Json]:
    """For each unit: an item of this type writes these fields in it."""
    return [{"if": of_type(unit), "then": {"properties": dict.fromkeys(keys, WRITTEN[unit])}} for unit in units]
