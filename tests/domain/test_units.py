from __future__ import annotations

import pytest

from service.domain.facts import BOOL, COUNT, DAYS, HOURS, MONEY, MONTHS, PERCENT, RATIO, Type, Unit, Value
from service.domain.units import value_text

CATEGORY = Type(Unit.ENUM, ("vip", "regular"))
ROLES = Type(Unit.ENUM, ("senior", "owner"), many=True)


@pytest.mark.parametrize(
    ("type", "value", "written"),
    [
        (PERCENT, 2000, "20 %"),
        (PERCENT, 1250, "12.5 %"),
        (PERCENT, 5, "0.05 %"),
        (RATIO, 25_000, "2.5 x"),
        (RATIO, 30_000, "3 x"),
        (DAYS, 14, "14 days"),
        (DAYS, 1, "1 day"),
        (MONTHS, 6, "6 months"),
        (HOURS, 24, "24 hours"),
        (MONEY, 120_000, "1,200.00 EUR"),
        (COUNT, 7, "7"),
        (BOOL, True, "yes"),
        (BOOL, False, "no"),
        (CATEGORY, "vip", "vip"),
        (ROLES, frozenset({"owner", "senior"}), "senior, owner"),
        (ROLES, frozenset(), "none"),
    ],
)
def test_values_as_a_manager_reads_them(type: Type, value: Value, written: str) -> None:
    assert value_text(type, value, "EUR") == written
