"""The changes of one expression, listed by hand."""

from __future__ import annotations

import pytest

from service.cases.changes import changes, raised
from service.domain.facts import BOOL, COUNT, MONEY, PERCENT, Type, Unit
from service.domain.money import Rounding
from service.policy.expressions import expression
from service.policy.findings import Place
from service.policy.scope import Scope

CATEGORY = Type(Unit.ENUM, ("vip", "good", "other"))
SCOPE = Scope(
    types={"score": COUNT, "price": MONEY, "share": PERCENT, "ready": BOOL, "category": CATEGORY, "budget": MONEY},
    optional=frozenset({"budget"}),
    currency="EUR",
    rounding=Rounding.HALF_UP,
)


def node(source: str, expected: Type | None = None):
    return expression(source, SCOPE, expected, Place("x.yaml", 1, 1))


@pytest.mark.parametrize(
    ("source", "expected", "found"),
    [
        # 5 a step down is `score >= 5` over again, which the comparison has.
        ("score > 5", BOOL, ["score >= 5", "score > 6"]),
        ("score >= 5", BOOL, ["score > 5", "score >= 4"]),
        ("5 < score", BOOL, ["5 <= score", "6 < score"]),
        ("price <= 50.00", BOOL, ["price < 50", "price <= 50.01"]),
        ("price == 50.00", BOOL, ["price != 50", "price == 50.01", "price == 49.99"]),
        # A percent moves by 1 %, which is no smallest step: nothing is the same as the comparison's change.
        ("share > 10", BOOL, ["share >= 10", "share > 11", "share > 9"]),
        ("score > 0", BOOL, ["score >= 0", "score > 1"]),
        ("category == 'vip'", BOOL, ["category != \"vip\"", "category == \"good\""]),
        ("category in ['vip', 'good']", BOOL, [
            "category in [\"good\"]", "category in [\"vip\"]", "!(category in [\"vip\", \"good\"])", ]),
        ("ready", BOOL, ["!ready"]),
        ("!ready", BOOL, ["ready"]),
        ("ready && score > 5", BOOL, ["ready || score > 5", "!ready", "score >= 5", "score > 6"]),
        # Without its has() the loader would refuse the expression, so nobody need notice.
        ("has(budget) && budget < price", BOOL, ["budget <= price"]),
        ("percent(price, 15)", MONEY, ["percent(price, 16)", "percent(price, 14)"]),
        ("div_up(price, 3)", MONEY, ["div_up(price, 4)", "div_up(price, 2)"]),
        ("ready ? 0 : 5", COUNT, ["!ready", "ready ? 1 : 5", "ready ? 0 : 6", "ready ? 0 : 4"]),
    ],
)  # fmt: skip
def test_changes_of_an_expression(source: str, expected: Type, found: list[str]) -> None:
    assert [change.after for change in changes(node(source, expected), "EUR")] == found


def test_a_number_is_shown_in_the_expression_around_it() -> None:
    (change,) = [c for c in changes(node("ready && score > 5"), "EUR") if c.kind == "literal"]
    assert (change.before, change.after) == ("score > 5", "score > 6")


def test_a_computed_amount_goes_up_by_one_step() -> None:
    change = raised(node("ready ? price : 5.00", MONEY), "EUR")
    assert change.after == "(ready ? price : 5) + 0.01"
