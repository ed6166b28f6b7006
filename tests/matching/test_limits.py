"""Where durable_rules used plainly hangs, crashes or answers wrongly: books that go there load and answer rightly."""

import pytest

from service.matching.engine import CollidingNames, name_hash, refuse_collisions
from service.matching.runtime import Runtime
from service.matching.spread import EngineLimit
from service.policy.nodes import Node
from service.policy.program import BoundRule, Program
from tests.matching.programs import bound, facts, node, program, rule, stage


def fired(p: Program, **given: int | bool | str) -> list[str]:
    runtime = Runtime(p)
    matched = runtime.decide(facts(**given))
    runtime.close()
    assert matched.disagreement is None
    return [r.id for r in matched.fired]


def ladder(steps: int) -> list[BoundRule]:
    return [rule(f"r{n:04}", f"client.orders >= {n}", markup="1") for n in range(steps)]


def test_600_rules_on_one_property() -> None:
    assert fired(program(stage("price", ladder(600))), client_orders=2) == ["r0000", "r0001", "r0002"]


def test_600_rules_that_are_all_true_at_once() -> None:
    assert len(fired(program(stage("price", ladder(600))), client_orders=10_000)) == 600


def test_300_rules_with_one_condition() -> None:
    same = [rule(f"r{n:03}", "client.trusted", markup="1") for n in range(300)]
    assert len(fired(program(stage("price", same)), client_trusted=True)) == 300
    assert fired(program(stage("price", same))) == []


def test_5000_rules_in_one_stage() -> None:
    rules = [rule(f"r{n:04}", f"client.orders == {n} && job.days < {n}", markup="1") for n in range(5_000)]
    p = program(stage("price", rules))
    assert fired(p, client_orders=4_321, job_days=4_000) == ["r4321"]
    assert fired(p, client_orders=4_321, job_days=4_321) == []


def test_long_lists_of_members() -> None:
    listed = ", ".join(map(str, range(0, 1_200, 4)))
    rules = [
        rule(f"r{n:03}", f"job.days in [{listed}] && !(client.orders in [{n}, {n + 1}, {n + 2}])", markup="1")
        for n in range(100)
    ]
    p = program(stage("price", rules))
    assert fired(p, job_days=401, client_orders=50) == []
    assert len(fired(p, job_days=400, client_orders=50)) == 97


def test_several_lists_in_one_rule() -> None:
    days = "[1, 2, 3, 4, 5, 6, 7, 8]"
    when = (
        f"job.days in {days} && client.orders in {days} && client.months in {days} && client.usual in ['vip', 'good']"
    )
    p = program(stage("price", [rule("r", when, markup="1")]))
    assert fired(p, job_days=8, client_orders=1, client_months=3, client_usual="good") == ["r"]
    assert fired(p, job_days=8, client_orders=9, client_months=3, client_usual="good") == []


def test_alternatives_true_together_fire_a_rule_once() -> None:
    p = program(stage("price", [rule("r", "client.trusted || deal.asked || client.orders > 2", markup="7")]))
    runtime = Runtime(p)
    matched = runtime.decide(facts(client_trusted=True, deal_asked=True, client_orders=3))
    assert matched.contributions == {"markup": (("r", 700),)}
    assert matched.env["decision.markup"] == 700
    runtime.close()


def test_many_rules_with_alternatives_true_together() -> None:
    rules = [rule(f"r{n:03}", f"client.trusted || deal.asked || client.orders > {n}", markup="1") for n in range(200)]
    assert len(fired(program(stage("price", rules)), client_trusted=True, deal_asked=True, client_orders=500)) == 200


def test_more_properties_than_one_fact_of_the_engine_can_hold() -> None:
    rules = [rule(f"r{n:04}", f"client.orders * {n + 2} > client.scenes", markup="1") for n in range(400)]
    rules += [rule(f"s{n:04}", f"client.orders + {n} == client.scenes", markup="1") for n in range(400)]
    assert fired(program(stage("price", rules)), client_orders=1, client_scenes=200) == [
        *[f"r{n:04}" for n in range(199, 400)],
        "s0199",
    ]


def test_a_rule_beyond_the_engine_is_named_with_the_reason() -> None:
    pairs = " && ".join(f"(client.orders == {n} || job.days == {n})" for n in range(6))
    with pytest.raises(
        EngineLimit, match="64 alternatives of its `\\|\\|` that can hold at once, at most 32"
    ) as raised:
        Runtime(program(stage("price", [*ladder(3), rule("too-wide", pairs, markup="1")])))
    assert raised.value.rule == "too-wide"


@pytest.mark.parametrize("value", [2**53 - 1, 2**53, 2**53 + 1, -(2**53), 2**61 + 1])
def test_integers_past_the_exact_ones_of_the_engine(value: int) -> None:
    def against(operator: str, number: int) -> Node:
        clause = node(f"extra.huge {operator} job.cost")
        literal = type(clause)(clause.args[1].op.LIT, clause.args[1].type, (), number)
        return type(clause)(clause.op, clause.type, (clause.args[0], literal), clause.value)

    rules = [bound("equal", against("==", value)), bound("less", against("<", value))]
    rules += [bound("more", against(">", value)), bound("next", against("<", value + 1))]
    p = program(stage("price", rules))
    assert fired(p, extra_huge=value) == ["equal", "next"]
    assert fired(p, extra_huge=value - 1) == ["less", "next"]
    assert fired(p, extra_huge=value + 1) == ["more"]


def test_conditions_that_no_fact_can_change() -> None:
    rules = [rule("always", "1 < 2", markup="1"), rule("never", "client.trusted && false", markup="2")]
    assert fired(program(stage("price", rules))) == ["always"]


def test_names_with_one_hash_are_refused() -> None:
    # The usual pair of FNV-1a's 32-bit collisions.
    assert name_hash("costarring") == name_hash("liquid")
    with pytest.raises(CollidingNames) as raised:
        refuse_collisions(["f1", "costarring", "liquid"])
    assert raised.value.names == ("costarring", "liquid")


def test_deep_chains_of_effects_compile() -> None:
    many = [rule(f"r{n:04}", f"client.orders > {n}", prepayment="percent(50, 50)") for n in range(2_000)]
    assert len(fired(program(stage("price", many)), client_orders=1)) == 1
