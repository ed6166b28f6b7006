"""One stage of a program once it is known which of its rules hold: effects to slots, slots to computed values.

What several effects come to is `service.domain.effects`' business. Never asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from operator import itemgetter
from typing import Any

from service.domain.effects import Combine, Slot, combined
from service.domain.facts import Value
from service.matching.asking import Env
from service.matching.codegen import Loads, Module, PythonLines
from service.matching.indexed import IndexedTable, Taken
from service.matching.tables import SettledTable, Sums, TableFault, summed
from service.policy.hits import BoundTable
from service.policy.nodes import DECISION, MEMBER, Op
from service.policy.program import BoundRule, Program, Stage, fold

Contribution = tuple[str, Value]
"""Rule id and what the rule contributes to a slot."""

_VALUE = itemgetter(1)

Effect = tuple[str, Contribution, Callable[[Env], Value] | None]
"""Slot, contribution, and how its value is computed where it isn't the same for every request."""


Written = tuple[Slot, str, tuple[tuple[str, str], ...]]
"""A slot, its name in the env, and the names there of those of its members that some expression reads."""


@dataclass(frozen=True, slots=True)
class CompiledStage:
    """`first` to `end`: program-wide numbers of its rules. `settled`: values that it gives even if no rule fires.

    `tables`: those whose rows are among these rules. `indexed`: the others, each with the number of the rule that it
    stands before. `sums`: by slot, the tables that give it the sum of their rows.
    """

    first: int
    end: int
    effects: tuple[tuple[Effect, ...], ...]
    slots: dict[str, Written]
    settled: tuple[tuple[str, Value], ...]
    compute: Callable[[Env], None] | None
    tables: tuple[SettledTable, ...]
    indexed: tuple[tuple[int, IndexedTable, RowEffects], ...]
    sums: Sums

    def decide(
        self,
        env: Env,
        flags: list[Any],
        contributions: dict[str, tuple[Contribution, ...]],
        faults: list[TableFault],
    ) -> None:
        """Puts the stage's slots and computed values into `env`, and each effect of a rule whose flag is set
        into `contributions`. From then on the flags of a table's rows say which of them fire."""
        for table in self.tables:
            rows = self.effects[table.first - self.first :]
            fault = table.settle(env, flags, partial(_values, rows.__getitem__, env))
            if fault is not None:
                faults.append(fault)
        effective: Iterable[tuple[Effect, ...]] = compress(self.effects, flags[self.first : self.end])
        if self.indexed:
            effective = self._with_indexed(env, flags, faults)
        gathered: dict[str, list[Contribution]] = {}
        for effects in effective:
            for name, contribution, compute in effects:
                if compute is not None:
                    contribution = (contribution[0], compute(env))
                if name in gathered:
                    gathered[name].append(contribution)
                else:
                    gathered[name] = [contribution]
        for key, settled in self.settled:
            env[key] = settled
        for name, given in gathered.items():
            contributions[name] = contributions[name] + tuple(given) if name in contributions else tuple(given)
            slot, key, members = self.slots[name]
            values = list(map(_VALUE, given))
            for bound in self.sums.get(name, ()):
                values = summed(bound, given)
            result: Any = combined(slot, env[key], values)
            env[key] = result
            for entry, member in members:
                env[entry] = member in result
        if self.compute is not None:
            self.compute(env)

    def _with_indexed(self, env: Env, flags: list[Any], faults: list[TableFault]) -> Iterator[tuple[Effect, ...]]:
        """The effects of the rules that fire, those of large tables' rows in their places among them."""
        at = self.first
        for before, table, effects in self.indexed:
            yield from compress(self.effects[at - self.first : before - self.first], flags[at:before])
            at = before
            fires, fault = table.settle(env, partial(_values, effects.of, env))
            flags[table.position] = fires
            if fault is not None:
                faults.append(fault)
            yield from map(effects.of, fires)
        yield from compress(self.effects[at - self.first :], flags[at : self.end])


def _values(effects: Callable[[int], Iterable[Effect]], env: Env, place: int) -> list[Value]:
    return [value if compute is None else compute(env) for _, (_, value), compute in effects(place)]


class RowEffects:
    """The effects of a large table's rows, each compiled when it first fires."""

    def __init__(self, rows: Sequence[BoundRule]) -> None:
        self._rows = rows
        self._made: dict[int, tuple[Effect, ...]] = {}

    def of(self, place: int) -> tuple[Effect, ...]:
        effects = self._made.get(place)
        if effects is None:
            module = Module("effects of a row")
            listed = _effects(module, place, self._rows[place])
            function: Callable[[str], Any] = module.build() if any(name for _, _, name in listed) else str
            effects = self._made[place] = tuple(
                (slot, contribution, function(name) if name else None) for slot, contribution, name in listed
            )
        return effects


def compiled_stages(program: Program, taken: Sequence[Taken] = ()) -> tuple[CompiledStage, ...]:
    """`taken`: the large tables that were taken out of the program."""
    stages = []
    first = 0
    written: set[str] = set()
    rules = sum(len(stage.rules) for stage in program.stages)
    tables = [
        IndexedTable(one, program.stages[one.stage].name, rules + index, program.currency)
        for index, one in enumerate(taken)
    ]
    for index, stage in enumerate(program.stages):
        indexed = tuple(
            (first + one.before, table, RowEffects(one.rows))
            for one, table in zip(taken, tables, strict=True)
            if one.stage == index
        )
        stages.append(_compiled(program, stage, first, written, indexed))
        first += len(stage.rules)
        written.update(stage.writes)
    return tuple(stages)


def _compiled(
    program: Program,
    stage: Stage,
    first: int,
    written: set[str],
    indexed: tuple[tuple[int, IndexedTable, RowEffects], ...],
) -> CompiledStage:
    module = Module(f"stage {stage.name}")
    effects = [_effects(module, number, rule) for number, rule in enumerate(stage.rules)]
    if stage.computed:
        _compute(module, stage)
    function = module.build()
    slots = [program.slots[name] for name in stage.writes]
    return CompiledStage(
        first,
        first + len(stage.rules),
        tuple(
            tuple((slot, contribution, function(name) if name else None) for slot, contribution, name in of_rule)
            for of_rule in effects
        ),
        {slot.name: (slot, DECISION + slot.name, _members(program, slot)) for slot in slots},
        tuple(_settled(slot for slot in slots if slot.name not in written)),
        function("compute") if stage.computed else None,
        tuple(_settled_table(program, stage, first, table) for table in stage.tables),
        indexed,
        _sums(slots, [*stage.tables, *(table.table for _, table, _ in indexed)]),
    )


def _settled_table(program: Program, stage: Stage, first: int, table: BoundTable) -> SettledTable:
    rows = stage.rules[table.first : table.over]
    return SettledTable(table, stage.name, rows, first + table.first, first + table.end, program.currency)


def _sums(slots: Iterable[Slot], tables: Sequence[BoundTable]) -> Sums:
    found = {slot.name: tuple(t for t in tables if slot.name in t.outputs and t.sums(slot.combine)) for slot in slots}
    return {name: summing for name, summing in found.items() if summing}


def _effects(module: Module, number: int, rule: BoundRule) -> list[tuple[str, Contribution, str]]:
    """Slot, contribution, and the name of the function that computes its value where it isn't a literal."""
    effects: list[tuple[str, Contribution, str]] = []
    for index, (slot, node) in enumerate(rule.effects):
        if node.op is Op.LIT:
            effects.append((slot, (rule.id, node.value), ""))
        else:
            name = f"effect{number}_{index}"
            module.expression(name, node)
            effects.append((slot, (rule.id, False), name))
    return effects


def _compute(module: Module, stage: Stage) -> None:
    code, loads = PythonLines(), Loads()
    for computed in stage.computed:
        loads[computed.name] = term = code.named(fold(computed.value, code, loads))
        code.lines.append(f"env[{computed.name!r}]={term.text}")
    module.function("compute", "env", [*loads.lines, *code.lines])


def _members(program: Program, slot: Slot) -> tuple[tuple[str, str], ...]:
    read = sorted(member for name, member in program.members if name == slot.name)
    return tuple((DECISION + slot.name + MEMBER + member, member) for member in read)


def _settled(slots: Iterable[Slot]) -> list[tuple[str, Value]]:
    """Slots whose initial value lies outside their range: clipped from the first stage that writes them on."""
    settled: list[tuple[str, Value]] = []
    for slot in slots:
        if slot.combine is not Combine.UNION and (value := combined(slot, slot.initial, ())) != slot.initial:
            settled.append((DECISION + slot.name, value))
    return settled
