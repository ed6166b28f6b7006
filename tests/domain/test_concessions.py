from __future__ import annotations

from datetime import date

from service.domain.concessions import Condition, concessions
from tests.domain.amounts import amounts

BY = Condition(text="signed by April 3, 2026", lapses_on=date(2026, 4, 3))


def test_a_discount_hangs_on_signing_and_lapses() -> None:
    (discount,) = concessions(amounts(discount=5_000), {"discount": 500}, {"discount": ("closes",)}, BY)
    assert (discount.kind, discount.amount, discount.percent, discount.rules) == ("discount", 5_000, 500, ("closes",))
    assert (discount.condition, discount.lapses_on) == ("signed by April 3, 2026", date(2026, 4, 3))


def test_a_bonus_hangs_on_signing_too() -> None:
    (bonus,) = concessions(amounts(bonus=3_000), {"bonus": 300}, {}, BY)
    assert (bonus.kind, bonus.lapses_on) == ("bonus", date(2026, 4, 3))


def test_free_extras_and_compensation_hang_on_nothing() -> None:
    found = concessions(
        amounts(extras_free=1_000, compensation=2_000), {"compensation": 1_000}, {"extras": ("free",)}, BY
    )
    assert [(c.kind, c.amount, c.percent, c.condition, c.lapses_on, c.rules) for c in found] == [
        ("free_extras", 1_000, None, None, None, ("free",)),
        ("compensation", 2_000, 1_000, None, None, ()),
    ]


def test_nothing_given() -> None:
    assert concessions(amounts(), {"discount": 500}, {}, BY) == ()
