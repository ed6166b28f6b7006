"""Programs for the tests of matching: written as policy text, or drawn at random with values at every edge."""

import random
from collections.abc import Iterable, Mapping
from datetime import date

from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, COUNT, DAYS, MONEY, MONTHS, PERCENT, FactDecl, Type, Unit, Value
from service.domain.money import Rounding
from service.policy.book import Template
from service.policy.expressions import Scope, expression
from service.policy.findings import Place
from service.policy.nodes import DECISION, MEMBER, Node, Op
from service.policy.program import (
    BoundComputed,
    BoundGuardrail,
    BoundOption,
    BoundRule,
    Program,
    Stage,
    run,
)
from service.policy.values import ValueAlgebra

CATEGORY = Type(Unit.ENUM, ("vip", "good", "regular", "other"))
ROLES = Type(Unit.ENUM, ("owner", "senior", "finance"), many=True)
FACTS = {
    fact.name: fact
    for fact in (
        FactDecl("client.category", CATEGORY, ""),
        FactDecl("client.usual", CATEGORY, ""),
        FactDecl("client.months", MONTHS, "", 0, 600),
        FactDecl("client.orders", COUNT, "", 0, 10_000),
        FactDecl("client.scenes", COUNT, "", 0, 10_000),
        FactDecl("client.trusted", BOOL, ""),
        FactDecl("deal.asked", BOOL, ""),
        FactDecl("deal.budget", MONEY, "", 0, 10**12, optional=True),
        FactDecl("job.cost", MONEY, "", 0, 10**12),
        FactDecl("job.days", DAYS, "", 0, 3650),
        FactDecl("extra.huge", MONEY, "", -(2**62), 2**62),
    )
}
SLOTS = {
    slot.name: slot
    for slot in (
        Slot("markup", PERCENT, Combine.SUM, 0, 0, 5_000, ""),
        Slot("prepayment", PERCENT, Combine.MAX, 0, 0, 10_000, ""),
        Slot("respond_days", DAYS, Combine.MIN, 30, 0, 30, ""),
        Slot("decline", BOOL, Combine.ANY, False, 0, 0, ""),
        Slot("recommend", CATEGORY, Combine.FIRST, "regular", 0, 0, ""),
        Slot("approvals", ROLES, Combine.UNION, frozenset(), 0, 0, ""),
    )
}
TYPES = {fact.name: fact.type for fact in FACTS.values()} | {DECISION + s.name: s.type for s in SLOTS.values()}
PLACE = Place("test.yaml", 1, 1)


def node(text: str, expected: Type | None = BOOL, types: Mapping[str, Type] = {}) -> Node:
    scope = Scope({**TYPES, **types}, frozenset({"deal.budget"}), "EUR", Rounding.HALF_UP)
    return expression(text, scope, expected, PLACE)


def rule(id: str, when: str, stage: str = "price", **effects: str) -> BoundRule:
    written = tuple((slot, node(text, SLOTS[slot].type)) for slot, text in effects.items())
    return BoundRule(id, "P1", stage, node(when), written, Template(()), when)


def bound(id: str, when: Node, effects: Iterable[tuple[str, Node]] = (), stage: str = "price") -> BoundRule:
    return BoundRule(id, "P1", stage, when, tuple(effects), Template(()), "")


def stage(name: str, rules: Iterable[BoundRule], computed: Iterable[BoundComputed] = ()) -> Stage:
    rules = tuple(rules)
    return Stage(name, rules, tuple(sorted({slot for r in rules for slot, _ in r.effects})), tuple(computed))


def program(*stages: Stage, guardrails: Iterable[BoundGuardrail] = (), options: Iterable[BoundOption] = ()) -> Program:
    members = frozenset(("approvals", member) for member in ROLES.values)
    first = Stage("", (), (), ())
    return Program(
        "test",
        "sha256:0",
        "EUR",
        date(2026, 1, 1),
        Rounding.HALF_UP,
        FACTS,
        SLOTS,
        members,
        (first, *stages),
        tuple(guardrails),
        tuple(options),
        {},
    )


def facts(**given: Value) -> dict[str, Value]:
    """All facts at zero, but for those given; `client_months` is `client.months`."""
    values: dict[str, Value] = {fact.name: fact.zero() for fact in FACTS.values()}
    values["has:deal.budget"] = "deal_budget" in given
    return values | {name.replace("_", ".", 1): value for name, value in given.items()}


def expected(p: Program, given: Mapping[str, Value]) -> tuple[dict[str, Value], set[str]]:
    """By the tree walker: the values that a decision must have, union slots as sets, and the rules that fire."""
    env, fired = run(p, ValueAlgebra(), dict(given))
    values = {name: value for name, value in env.items() if MEMBER not in name or name.startswith("has:")}
    values["decision.approvals"] = frozenset(m for m in ROLES.values if env[f"decision.approvals:{m}"])
    return values, {id for id, fires in fired.items() if fires}


EDGES = (0, 1, -1, 2, 5, 50, 100, 9_999, 10_000, 2**31, 2**53 - 2, 2**53 - 1, 2**53, 2**53 + 1, 2**61, -(2**53) - 1)


class Draw:
    """Random trees of every operator, and facts whose values lie at the edges of what the engine can hold."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = dict(TYPES)
        self.names.pop("decision.approvals")

    def facts(self) -> dict[str, Value]:
        values: dict[str, Value] = {"has:deal.budget": self.random.random() < 0.5}
        for fact in FACTS.values():
            if fact.type.unit is Unit.BOOL:
                values[fact.name] = self.random.random() < 0.5
            elif fact.type.unit is Unit.ENUM:
                values[fact.name] = self.random.choice(fact.type.values)
            else:
                edges = [x + d for x in EDGES for d in (0, 1) if fact.minimum <= x + d <= fact.maximum]
                values[fact.name] = self.random.choice(edges)
        if not values["has:deal.budget"]:
            values["deal.budget"] = 0
        return values

    def program(self, rules: int) -> Program:
        self.names = {name: type for name, type in self.names.items() if not name.startswith(DECISION)}
        derived = BoundComputed("client.score", COUNT, self.number(COUNT, 3))
        self.names["client.score"] = COUNT
        first = self.stage("first", rules // 2, ("markup", "recommend", "approvals"))
        self.names |= {"decision.markup": PERCENT, "decision.recommend": CATEGORY}
        formula = BoundComputed("decision.floor", MONEY, self.number(MONEY, 4))
        self.names["decision.floor"] = MONEY
        second = self.stage("second", rules - rules // 2, ("prepayment", "respond_days", "decline", "approvals"))
        p = program(Stage("", (), (), (derived,)), first, second)
        stages = (p.stages[1], Stage(first.name, first.rules, first.writes, (formula,)), p.stages[3])
        return Program(**{f: getattr(p, f) for f in p.__slots__ if f != "stages"}, stages=stages)

    def stage(self, name: str, rules: int, slots: tuple[str, ...]) -> Stage:
        drawn = [bound(f"{name}-{n:04}", self.truth(3), self.effects(slots), name) for n in range(rules)]
        return stage(name, drawn)

    def effects(self, slots: tuple[str, ...]) -> list[tuple[str, Node]]:
        slot = SLOTS[self.random.choice(slots)]
        if slot.combine is Combine.UNION:
            return [(slot.name, Node(Op.LIT, ROLES, (), self.random.choice(ROLES.values)))]
        return [(slot.name, self.of_type(slot.type, 2))]

    def of_type(self, type: Type, depth: int) -> Node:
        if type.unit is Unit.BOOL:
            return self.truth(depth)
        return self.member(depth) if type.unit is Unit.ENUM else self.number(type, depth)

    def ref(self, type: Type) -> Node:
        return Node(Op.REF, type, (), self.random.choice([n for n, t in self.names.items() if t == type] or ["?"]))

    def literal(self, type: Type) -> Node:
        return Node(Op.LIT, type, (), self.random.choice(EDGES) + self.random.choice((0, 0, 1)))

    def member(self, depth: int) -> Node:
        if depth and self.random.random() < 0.3:
            return Node(Op.IF, CATEGORY, (self.truth(depth - 1), self.member(0), self.member(0)))
        if self.random.random() < 0.5:
            return self.ref(CATEGORY)
        return Node(Op.LIT, CATEGORY, (), self.random.choice(CATEGORY.values))

    def number(self, type: Type, depth: int) -> Node:
        if depth == 0 or self.random.random() < 0.4:
            known = type in self.names.values() and self.random.random() < 0.7
            return self.ref(type) if known else self.literal(type)
        a, b = self.number(type, depth - 1), self.number(type, depth - 1)
        match self.random.choice(list(Op)):
            case Op.DIV | Op.CMP | Op.LIT:
                k = self.random.choice((1, 2, 3, 4, 10, 10_000))
                return Node(Op.DIV, type, (a,), (k, self.random.choice(list(Rounding))))
            case Op.IF | Op.REF | Op.HAS:
                return Node(Op.IF, type, (self.truth(depth - 1), a, b))
            case Op.MUL | Op.IN:
                return Node(Op.MUL, type, (a, Node(Op.LIT, COUNT, (), self.random.choice((0, 1, 2, 250)))))
            case Op.MIN | Op.MAX | Op.ADD | Op.SUB as op:
                return Node(op, type, (a, b))
        return a

    def truth(self, depth: int) -> Node:
        pick = self.random.random()
        if depth and pick < 0.35:
            op = self.random.choice((Op.AND, Op.OR))
            return Node(op, BOOL, tuple(self.truth(depth - 1) for _ in range(self.random.randint(2, 3))))
        if depth and pick < 0.5:
            return Node(Op.NOT, BOOL, (self.truth(depth - 1),))
        if depth and pick < 0.55:
            return Node(Op.IF, BOOL, (self.truth(depth - 1), self.truth(0), self.truth(0)))
        if pick < 0.6:
            return Node(Op.HAS, BOOL, (), "deal.budget")
        if pick < 0.7:
            return self.ref(BOOL)
        if pick < 0.78:
            operator = self.random.choice(("==", "!="))
            return Node(Op.CMP, BOOL, (self.member(depth), self.member(depth)), operator)
        if pick < 0.82:
            operator = self.random.choice(("==", "!="))
            other = self.random.choice((self.ref(BOOL), Node(Op.LIT, BOOL, (), self.random.random() < 0.5)))
            return Node(Op.CMP, BOOL, (self.ref(BOOL), other), operator)
        return self.numeric_clause(depth)

    def numeric_clause(self, depth: int) -> Node:
        type = self.random.choice((MONTHS, COUNT, MONEY, DAYS))
        if self.random.random() < 0.25:
            if self.random.random() < 0.5:
                listed: tuple[Value, ...] = tuple(self.random.sample(EDGES, self.random.randint(1, len(EDGES))))
                return Node(Op.IN, BOOL, (self.number(type, 1),), listed)
            return Node(Op.IN, BOOL, (self.ref(CATEGORY),), tuple(self.random.sample(CATEGORY.values, 2)))
        operator = self.random.choice(("==", "!=", "<", "<=", ">", ">="))
        sides = [self.ref(type), self.literal(type)]
        if self.random.random() < 0.4:
            sides = [self.number(type, min(depth, 2)), self.number(type, min(depth, 2))]
        self.random.shuffle(sides)
        return Node(Op.CMP, BOOL, tuple(sides), operator)
