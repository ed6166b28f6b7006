"""A book bound to a day and a currency: only facts, slots and literals are left. What every reader reads.

`run` is the meaning of a program, written once: readers differ by the algebra they pass in (values, Python source,
and later solver terms and SQL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, FactDecl, Type, Unit
from service.domain.money import Rounding
from service.policy.book import Template
from service.policy.nodes import DECISION, HAS, MEMBER, Node, Op

V = TypeVar("V")

FIRED = "fired "
"""`run` names a rule's match with this and the rule's id."""


@dataclass(frozen=True, slots=True)
class BoundRule:
    """`source` is the condition as written, for why-not; spans of `when` index into it."""

    id: str
    practice: str
    stage: str
    when: Node
    effects: tuple[tuple[str, Node], ...]
    reason: Template
    source: str


@dataclass(frozen=True, slots=True)
class BoundComputed:
    name: str
    type: Type
    value: Node


@dataclass(frozen=True, slots=True)
class BoundGuardrail:
    id: str
    practice: str
    holds: Node
    reason: Template


@dataclass(frozen=True, slots=True)
class BoundOption:
    id: str
    share: Node
    when: Node


@dataclass(frozen=True, slots=True)
class Stage:
    """Its rules, in order of priority then id, and what is computed once its slots are known.

    `writes`: the slots that its rules write. The first stage of a program has no name and no rules: it computes
    the derived facts that need the request alone.
    """

    name: str
    rules: tuple[BoundRule, ...]
    writes: tuple[str, ...]
    computed: tuple[BoundComputed, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """`members`: (slot, member) pairs of union slots that some expression reads as `decision.slot:member`."""

    book: str
    version: str
    currency: str
    effective_from: date
    rounding: Rounding
    facts: Mapping[str, FactDecl]
    slots: Mapping[str, Slot]
    members: frozenset[tuple[str, str]]
    stages: tuple[Stage, ...]
    guardrails: tuple[BoundGuardrail, ...]
    options: tuple[BoundOption, ...]
    parameters: Mapping[str, tuple[Type, int]]


class Algebra(Protocol[V]):
    """What a reader supplies. `let` names an intermediate result, so that it is computed once."""

    def lit(self, value: Any, type: Type) -> V: ...
    def not_(self, a: V) -> V: ...
    def and_(self, args: list[V]) -> V: ...
    def or_(self, args: list[V]) -> V: ...
    def cmp(self, operator: str, a: V, b: V) -> V: ...
    def in_(self, a: V, members: list[V]) -> V: ...
    def add(self, a: V, b: V) -> V: ...
    def sub(self, a: V, b: V) -> V: ...
    def mul(self, a: V, b: V) -> V: ...
    def div(self, a: V, divisor: int, rounding: Rounding) -> V: ...
    def min(self, a: V, b: V) -> V: ...
    def max(self, a: V, b: V) -> V: ...
    def if_(self, condition: V, then: V, otherwise: V) -> V: ...
    def let(self, name: str, type: Type, value: V) -> V: ...


def fold(node: Node, algebra: Algebra[V], env: Mapping[str, V]) -> V:
    """The value of one expression in an algebra."""
    op = node.op
    if op is _REF:
        return env[node.value]
    if op is _LIT:
        return algebra.lit(node.value, node.type)
    if op is _HAS:
        return env[HAS + node.value]
    value: V = _OPERATIONS[op](algebra, node, [fold(arg, algebra, env) for arg in node.args])
    return value


# Looking a member up in its enum takes Python 3.11 longer than the rest of a step does.
_REF, _LIT, _HAS = Op.REF, Op.LIT, Op.HAS
_OPERATIONS: dict[Op, Callable[[Algebra[Any], Node, list[Any]], Any]] = {
    Op.NOT: lambda algebra, node, args: algebra.not_(args[0]),
    Op.AND: lambda algebra, node, args: algebra.and_(args),
    Op.OR: lambda algebra, node, args: algebra.or_(args),
    Op.CMP: lambda algebra, node, args: algebra.cmp(node.value, args[0], args[1]),
    Op.IN: lambda algebra, node, args: algebra.in_(args[0], [algebra.lit(v, node.args[0].type) for v in node.value]),
    Op.ADD: lambda algebra, node, args: algebra.add(args[0], args[1]),
    Op.SUB: lambda algebra, node, args: algebra.sub(args[0], args[1]),
    Op.MUL: lambda algebra, node, args: algebra.mul(args[0], args[1]),
    Op.DIV: lambda algebra, node, args: algebra.div(args[0], *node.value),
    Op.MIN: lambda algebra, node, args: algebra.min(args[0], args[1]),
    Op.MAX: lambda algebra, node, args: algebra.max(args[0], args[1]),
    Op.IF: lambda algebra, node, args: algebra.if_(args[0], args[1], args[2]),
}


def run(program: Program, algebra: Algebra[V], facts: Mapping[str, V]) -> tuple[dict[str, V], dict[str, V]]:
    """Every fact, slot and formula by name, and for every rule whether it fires. `facts`: with `has:` entries."""
    env = dict(facts)
    fired: dict[str, V] = {}
    for slot in program.slots.values():
        _bind_initial(program, algebra, env, slot)
    for stage in program.stages:
        for rule in stage.rules:
            fired[rule.id] = algebra.let(FIRED + rule.id, BOOL, fold(rule.when, algebra, env))
        written = {name: _combine(program, algebra, env, fired, stage, name) for name in stage.writes}
        for values in written.values():
            env.update(values)
        for computed in stage.computed:
            env[computed.name] = algebra.let(computed.name, computed.type, fold(computed.value, algebra, env))
    return env, fired


def _bind_initial(program: Program, algebra: Algebra[V], env: dict[str, V], slot: Slot) -> None:
    if slot.combine is Combine.UNION:
        for member in slot.type.values:
            env[f"{DECISION}{slot.name}{MEMBER}{member}"] = algebra.lit(False, BOOL)
    else:
        env[DECISION + slot.name] = algebra.lit(slot.initial, slot.type)


def _combine(
    program: Program, algebra: Algebra[V], env: Mapping[str, V], fired: Mapping[str, V], stage: Stage, name: str
) -> dict[str, V]:
    """The slot's values after the stage, by env name: one entry, or one per member of a union slot."""
    slot = program.slots[name]
    hits = [(fired[rule.id], value) for rule in stage.rules for target, value in rule.effects if target == name]
    key = DECISION + name
    if slot.combine is Combine.UNION:
        return {
            f"{key}{MEMBER}{member}": algebra.let(
                f"{key}{MEMBER}{member}",
                BOOL,
                algebra.or_([env[f"{key}{MEMBER}{member}"], *(c for c, v in hits if v.value == member)]),
            )
            for member in slot.type.values
        }
    current = env[key]
    match slot.combine:
        case Combine.ANY:
            current = algebra.or_([current, *(algebra.and_([c, fold(v, algebra, env)]) for c, v in hits)])
        case Combine.FIRST:
            for condition, value in reversed(hits):
                current = algebra.if_(condition, fold(value, algebra, env), current)
        case Combine.SUM:
            zero = algebra.lit(0, slot.type)
            for condition, value in hits:
                current = algebra.add(current, algebra.if_(condition, fold(value, algebra, env), zero))
        case Combine.MAX | Combine.MIN:
            choose = algebra.max if slot.combine is Combine.MAX else algebra.min
            start = algebra.lit(slot.initial, slot.type)
            for condition, value in _once(hits, algebra):
                current = choose(current, algebra.if_(condition, fold(value, algebra, env), start))
    if slot.type.unit not in (Unit.BOOL, Unit.ENUM):
        low, high = algebra.lit(slot.minimum, slot.type), algebra.lit(slot.maximum, slot.type)
        current = algebra.min(algebra.max(current, low), high)
    return {key: algebra.let(key, slot.type, current)}


def _once(hits: list[tuple[V, Node]], algebra: Algebra[V]) -> Iterator[tuple[V, Node]]:
    """Hits with the same literal made one, which any of their conditions brings about."""
    literals: dict[Any, tuple[Node, list[V]]] = {}
    for condition, value in hits:
        if value.op is _LIT:
            literals.setdefault(value.value, (value, []))[1].append(condition)
        else:
            yield condition, value
    for value, conditions in literals.values():
        yield algebra.or_(conditions), value
