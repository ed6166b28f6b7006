"""Intervals through whole programs: what could overflow or divide a negative is named, what can't is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, COUNT, MONEY, PERCENT, FactDecl, Type, Unit
from service.domain.money import Rounding
from service.policy.book import Template
from service.policy.bounds import Interval, IntervalAlgebra, OutOfBounds, check_bounds
from service.policy.expressions import Scope
from service.policy.program import BoundComputed, BoundGuardrail, BoundOption, BoundRule, Program, Stage, fold
from service.policy.values import evaluate_node
from tests.policy.sample_scope import CATEGORY, typed
from tests.policy.sources import MONEY_TEXTS

MOST = 10**12
FACTS = {
    fact.name: fact
    for fact in (
        FactDecl("job.cost", MONEY, "", 0, MOST),
        FactDecl("job.lines", COUNT, "", 0, 1_000),
        FactDecl("deal.budget", MONEY, "", 5, MOST, optional=True),
        FactDecl("client.category", CATEGORY, ""),
        FactDecl("client.trusted", BOOL, ""),
    )
}
SLOTS = {
    slot.name: slot
    for slot in (
        Slot("markup", PERCENT, Combine.SUM, 0, 0, 10_000, ""),
        Slot("fee", MONEY, Combine.SUM, 0, 0, MOST, ""),
        Slot("tier", CATEGORY, Combine.FIRST, "regular", 0, 0, ""),
        Slot("approvals", Type(Unit.ENUM, ("owner",), many=True), Combine.UNION, frozenset(), 0, 0, ""),
        Slot("decline", BOOL, Combine.ANY, False, 0, 0, ""),
    )
}
SCOPE = Scope(
    {name: fact.type for name, fact in FACTS.items()}
    | {f"decision.{name}": slot.type for name, slot in SLOTS.items()}
    | {"decision.worth": MONEY, "decision.floor": MONEY},
    frozenset({"deal.budget"}),
    "EUR",
    Rounding.HALF_UP,
)


def rule(id: str, when: str, **then: str) -> BoundRule:
    effects = tuple((slot, typed(value, SLOTS[slot].type, SCOPE)) for slot, value in then.items())
    return BoundRule(id, "P1", "price", typed(when, BOOL, SCOPE), effects, Template(()), when)


def program(*rules: BoundRule, holds: str = "true", share: str = "50", **computed: str) -> Program:
    entries = tuple(
        BoundComputed(f"decision.{name}", MONEY, typed(value, MONEY, SCOPE)) for name, value in computed.items()
    )
    return Program(
        book="tiny",
        version="sha256:0",
        currency="EUR",
        effective_from=date(2026, 1, 1),
        rounding=Rounding.HALF_UP,
        facts=FACTS,
        slots=SLOTS,
        members=frozenset(),
        stages=(Stage("price", rules, tuple(SLOTS), entries),),
        guardrails=(BoundGuardrail("floor-held", "P1", typed(holds, BOOL, SCOPE), Template(())),),
        options=(BoundOption("standard", typed(share, PERCENT, SCOPE), typed("true", BOOL, SCOPE)),),
        parameters={},
    )


def told(found: list[OutOfBounds]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.code) for one in found]


def test_the_usual_sums_are_in_bounds() -> None:
    fine = program(
        rule("large", "job.cost >= 5000 && client.category in ['vip']", markup="15", tier="vip", decline="true"),
        rule("many", "job.lines * 3 > 7", fee="percent(job.cost, 100)", approvals="owner"),
        rule("asked", "has(deal.budget) && deal.budget < job.cost", fee="12.50"),
        holds="decision.tier == 'vip' || decision.worth >= decision.floor || \"owner\" in decision.approvals",
        worth="job.cost + percent(job.cost, decision.markup)",
        floor="div_up(max(decision.worth - decision.fee, 0), 3)",
    )
    assert check_bounds(fine) == []


def test_a_product_beyond_64_bits_is_named_with_its_formula() -> None:
    # 10^12 minor units x 1,000 lines x 1,000 lines = 10^18 is inside; x 1,000 more is not.
    inside = program(worth="job.lines * (job.lines * job.cost)")
    outside = program(worth="job.lines * (job.lines * (job.lines * job.cost)) - 1")
    assert check_bounds(inside) == []
    (found,) = check_bounds(outside)
    assert (found.kind, found.name, found.code) == ("computed", "decision.worth", "integer-overflow")
    assert found.message == (
        "`job.lines * (job.lines * (job.lines * job.cost))` may reach "
        "1,000,000,000,000,000,000,000 in stored units, beyond 64 bits"
    )


def test_a_percent_of_a_large_product_overflows_before_it_is_divided() -> None:
    # 10^18 x 10,000 basis points = 10^22, though the result is only 10^18 again.
    (found,) = check_bounds(program(worth="percent(job.lines * (job.lines * job.cost), 100)"))
    assert (found.code, found.name) == ("integer-overflow", "decision.worth")


def test_a_division_of_what_may_be_negative_is_named() -> None:
    (found,) = check_bounds(program(rule("r", "true", fee="job.cost"), worth="div_up(job.cost - decision.fee, 2)"))
    assert told([found]) == [("computed", "decision.worth", "negative-division")]
    assert found.message == (
        "`div_up(job.cost - decision.fee, 2)` may divide a negative number: "
        "as low as -1,000,000,000,000 in stored units"
    )
    assert found.suggestion == "divide max(..., 0) instead"


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (program(rule("r1", "div_up(job.lines - 1, 2) > 3")), ("rule", "r1")),
        (program(rule("r2", "true", fee="percent(job.cost - 1, 50)")), ("rule", "r2")),
        (program(holds="div_up(job.lines - 1, 2) > 3"), ("guardrail", "floor-held")),
        (program(rule("r3", "true", markup="80"), share="percent(50 - decision.markup, 10)"), ("option", "standard")),
    ],
)
def test_every_kind_of_expression_is_looked_at(made: Program, place: tuple[str, str]) -> None:
    assert told(check_bounds(made)) == [(*place, "negative-division")]


def test_intervals_are_carried_from_slot_to_formula_to_formula() -> None:
    # fee is clipped to 0..10^12, so worth is at least 1 cent and floor's dividend at least 0.
    carried = {"worth": "decision.fee + 0.01", "floor": "div_up(decision.worth - 0.01, 2)"}
    assert check_bounds(program(rule("r", "true", fee="job.cost"), **carried)) == []
    carried["floor"] = "div_up(decision.worth - 0.02, 2)"
    assert told(check_bounds(program(rule("r", "true", fee="job.cost"), **carried))) == [
        ("computed", "decision.floor", "negative-division")
    ]


def test_a_fault_is_not_told_again_by_what_reads_it() -> None:
    found = check_bounds(program(worth="percent(job.cost - 1, 50)", floor="percent(decision.worth, 50)"))
    assert told(found) == [("computed", "decision.worth", "negative-division")]


def test_all_faults_are_told() -> None:
    found = check_bounds(
        program(
            rule("r1", "div_up(job.lines - 1, 2) > 3", fee="percent(job.cost - 1, 50)"),
            rule("r2", "true", fee="div_up(job.cost - 2, 2) + div_up(job.cost - 3, 2)"),
            worth="div_up(job.cost - 4, 2)",
        )
    )
    assert sorted(told(found)) == [
        ("computed", "decision.worth", "negative-division"),
        ("rule", "r1", "negative-division"),
        ("rule", "r1", "negative-division"),
        ("rule", "r2", "negative-division"),
        ("rule", "r2", "negative-division"),
    ]


def test_contributions_in_bounds_whose_sum_is_not() -> None:
    # Ten rules of 10^18 each: 10^19 is beyond 9.2 x 10^18.
    rules = [rule(f"r{i}", "true", fee="job.lines * (job.lines * job.cost)") for i in range(10)]
    assert told(check_bounds(program(*rules))) == [("slot", "fee", "integer-overflow")]
    assert check_bounds(program(*rules[:9])) == []


def test_a_markup_that_lowers_the_price_is_named() -> None:
    # Of three rules the first takes 5 % off; the second does for fewer than ten lines, the third never.
    found = check_bounds(
        program(
            rule("nice", "client.trusted", markup="-5"),
            rule("few", "true", markup="job.lines > 10 ? 1 : 0 - 2"),
            rule("hard", "true", markup="max(3 - 5, 0)", fee="0.00 - 1.00"),
        )
    )
    assert told(found) == [("rule", "nice", "negative-markup"), ("rule", "few", "negative-markup")]


def test_a_branch_never_taken_keeps_its_fault() -> None:
    found = check_bounds(program(worth="job.cost > 1 ? div_up(job.cost - 1, 2) : 0"))
    assert told(found) == [("computed", "decision.worth", "negative-division")]


RANGED = {
    name: st.integers(-50, 10**6)
    for name in ("job.cost", "params.late_fee", "decision.target", "client.orders", "params.share", "params.times")
} | {name: st.integers(0, 1) for name in ("client.trusted", "deal.asked", "has:deal.budget", "deal.budget")}
ENV = {name: st.tuples(numbers, numbers, st.booleans()) for name, numbers in RANGED.items()}
OTHERS: dict[str, int | bool | str] = {
    "client.category": "good",
    "client.months_active": 3,
    "client.scenes": 2,
    "decision.approvals:owner": False,
}


@given(MONEY_TEXTS, st.fixed_dictionaries(ENV))
def test_no_value_leaves_its_interval(source: str, drawn: dict[str, tuple[int, int, bool]]) -> None:
    algebra = IntervalAlgebra()
    intervals = {name: algebra.lit(value, COUNT) for name, value in OTHERS.items()}
    intervals |= {name: Interval(min(a, b), max(a, b)) for name, (a, b, _) in drawn.items()}
    values = OTHERS | {name: a if first else b for name, (a, b, first) in drawn.items()}
    node = typed(source, MONEY)
    interval, value = fold(node, algebra, intervals), evaluate_node(node, values)
    assert isinstance(value, int)
    assert interval.low <= value <= interval.high or "integer-overflow" in {code for code, _, _ in algebra.faults}
