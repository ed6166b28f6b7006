"""A book bound to a day and a currency: only facts, slots and literals are left. What every reader reads.

`run` is the meaning of a program, written once: readers differ by the algebra they pass in (values, Python source,
and later solver terms and SQL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, FactDecl, Type, Unit
from service.domain.money import Rounding
from service.policy.algebra import Algebra as Algebra
from service.policy.algebra import fold as fold
from service.policy.book import Template
from service.policy.hits import BoundTable, firing
from service.policy.nodes import DECISION, MEMBER, Node, Op

V = TypeVar("V")

FIRED, FITS = "fired ", "fits "
"""`run` names a rule's match with the first and the rule's id; with the second that the cells of a table's row fit."""


@dataclass(frozen=True, slots=True)
class BoundRule:
    """`source` is the condition as written, for why-not; spans of `when` index into it. `table`: as of Rule."""

    id: str
    practice: str
    stage: str
    when: Node
    effects: tuple[tuple[str, Node], ...]
    reason: Template
    source: str
    table: str = ""


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

    `writes`: the slots that its rules write. `tables`: in the order of their rows among the rules. The first stage of
    a program has no name and no rules: it computes the derived facts that need the request alone.
    """

    name: str
    rules: tuple[BoundRule, ...]
    writes: tuple[str, ...]
    computed: tuple[BoundComputed, ...]
    tables: tuple[BoundTable, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Given(Generic[V]):
    """What a rule contributes, already worked out; of a union slot the member."""

    value: V


Hits = dict[str, list[tuple[V, "Node | Given[Any]"]]]
"""By slot, in the order of the rules: whether a contribution counts, and what it is."""

Lookup = Callable[[BoundTable, Sequence[BoundRule], Mapping[str, V]], Hits[V] | None]
"""A reader's own way to match a table: what its rows, the default included, contribute. None: row by row, please."""


def run(
    program: Program, algebra: Algebra[V], facts: Mapping[str, V], lookup: Lookup[V] | None = None
) -> tuple[dict[str, V], dict[str, V]]:
    """Every fact, slot and formula by name, and for every rule whether it fires. `facts`: with `has:` entries.

    Of a table's rows one fires, or several, as its hit policy says. Where none does, not even a default, the table is
    at fault: the decision must be held. Rows that `lookup` matched have no entry.
    """
    env = dict(facts)
    fired: dict[str, V] = {}
    for slot in program.slots.values():
        _bind_initial(program, algebra, env, slot)
    for stage in program.stages:
        hits = _hits(program, algebra, env, fired, stage, lookup)
        written = {name: _combine(program, algebra, env, hits[name], name) for name in stage.writes}
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


def _hits(
    program: Program,
    algebra: Algebra[V],
    env: Mapping[str, V],
    fired: dict[str, V],
    stage: Stage,
    lookup: Lookup[V] | None,
) -> Hits[V]:
    """Matches the stage's rules, one after another and table after table."""
    hits: Hits[V] = {name: [] for name in stage.writes}
    at = 0
    for table in stage.tables:
        _match(algebra, env, fired, hits, stage.rules[at : table.first])
        rows = stage.rules[table.first : table.over]
        at = table.over
        found = lookup(table, rows, env) if lookup else None
        if found is None:
            found = _rows(program, algebra, env, fired, table, rows)
        for name, given in found.items():
            hits[name] += given
    _match(algebra, env, fired, hits, stage.rules[at:])
    return hits


def _match(
    algebra: Algebra[V], env: Mapping[str, V], fired: dict[str, V], hits: Hits[V], rules: Sequence[BoundRule]
) -> None:
    for rule in rules:
        condition = fired[rule.id] = algebra.let(FIRED + rule.id, BOOL, fold(rule.when, algebra, env))
        for name, value in rule.effects:
            hits[name].append((condition, value))


def _rows(
    program: Program,
    algebra: Algebra[V],
    env: Mapping[str, V],
    fired: dict[str, V],
    table: BoundTable,
    rows: Sequence[BoundRule],
) -> Hits[V]:
    own = rows[: table.end - table.first]
    fits = [algebra.let(FITS + rule.id, BOOL, fold(rule.when, algebra, env)) for rule in own]

    def outputs(index: int) -> list[tuple[Node, V]]:
        return [(node, fold(node, algebra, env)) for _, node in own[index].effects]

    hits: Hits[V] = {}
    for rule, fires in zip(rows, firing(table, algebra, fits, outputs), strict=True):
        condition = fired[rule.id] = algebra.let(FIRED + rule.id, BOOL, fires)
        for name, value in rule.effects:
            hits.setdefault(name, []).append((condition, value))
    for name in [name for name in hits if table.sums(program.slots[name].combine)]:
        split = len([None for rule in own for target, _ in rule.effects if target == name])
        hits[name] = [_sum(algebra, env, hits[name][:split], program.slots[name]), *hits[name][split:]]
    return hits


def _sum(
    algebra: Algebra[V], env: Mapping[str, V], rows: list[tuple[V, Node | Given[Any]]], slot: Slot
) -> tuple[V, Given[V]]:
    """The rows' outputs as one contribution."""
    zero = total = algebra.lit(0, slot.type)
    for condition, value in rows:
        total = algebra.add(total, algebra.if_(condition, _value(value, algebra, env), zero))
    return algebra.or_([condition for condition, _ in rows]), Given(total)


def _value(value: Node | Given[Any], algebra: Algebra[V], env: Mapping[str, V]) -> V:
    given: V = value.value if isinstance(value, Given) else fold(value, algebra, env)
    return given


def _combine(
    program: Program, algebra: Algebra[V], env: Mapping[str, V], hits: list[tuple[V, Node | Given[Any]]], name: str
) -> dict[str, V]:
    """The slot's values after the stage, by env name: one entry, or one per member of a union slot."""
    slot = program.slots[name]
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
            current = algebra.or_([current, *(algebra.and_([c, _value(v, algebra, env)]) for c, v in hits)])
        case Combine.FIRST:
            for condition, value in reversed(hits):
                current = algebra.if_(condition, _value(value, algebra, env), current)
        case Combine.SUM:
            zero = algebra.lit(0, slot.type)
            for condition, value in hits:
                current = algebra.add(current, algebra.if_(condition, _value(value, algebra, env), zero))
        case Combine.MAX | Combine.MIN:
            choose = algebra.max if slot.combine is Combine.MAX else algebra.min
            start = algebra.lit(slot.initial, slot.type)
            for condition, value in _once(hits, algebra):
                current = choose(current, algebra.if_(condition, _value(value, algebra, env), start))
    if slot.type.unit not in (Unit.BOOL, Unit.ENUM):
        low, high = algebra.lit(slot.minimum, slot.type), algebra.lit(slot.maximum, slot.type)
        current = algebra.min(algebra.max(current, low), high)
    return {key: algebra.let(key, slot.type, current)}


def _once(hits: list[tuple[V, Node | Given[Any]]], algebra: Algebra[V]) -> Iterator[tuple[V, Node | Given[Any]]]:
    """Hits with the same literal made one, which any of their conditions brings about."""
    literals: dict[Any, tuple[Node, list[V]]] = {}
    for condition, value in hits:
        if isinstance(value, Node) and value.op is Op.LIT:
            literals.setdefault(value.value, (value, []))[1].append(condition)
        else:
            yield condition, value
    for value, conditions in literals.values():
        yield algebra.or_(conditions), value
