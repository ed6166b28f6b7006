"""One stage of a program once it is known which of its rules hold: effects to slots, slots to computed values.

What several effects come to is `service.domain.effects`' business. Never asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any

from service.domain.effects import Combine, Slot, combined
from service.domain.facts import Value
from service.matching.asking import Env
from service.matching.codegen import Loads, Module, PythonLines
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
    """`first` to `end`: program-wide numbers of its rules. `settled`: values that it gives even if no rule fires."""

    first: int
    end: int
    effects: tuple[tuple[Effect, ...], ...]
    slots: dict[str, Written]
    settled: tuple[tuple[str, Value], ...]
    compute: Callable[[Env], None] | None

    def decide(self, env: Env, flags: Sequence[bool], contributions: dict[str, tuple[Contribution, ...]]) -> None:
        """Puts the stage's slots and computed values into `env`, and each effect of a rule whose flag is set
        into `contributions`."""
        gathered: dict[str, list[Contribution]] = {}
        for effects in compress(self.effects, flags[self.first : self.end]):
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
            result: Any = combined(slot, env[key], list(map(_VALUE, given)))
            env[key] = result
            for entry, member in members:
                env[entry] = member in result
        if self.compute is not None:
            self.compute(env)


def compiled_stages(program: Program) -> tuple[CompiledStage, ...]:
    stages = []
    first = 0
    written: set[str] = set()
    for stage in program.stages:
        stages.append(_compiled(program, stage, first, written))
        first += len(stage.rules)
        written.update(stage.writes)
    return tuple(stages)


def _compiled(program: Program, stage: Stage, first: int, written: set[str]) -> CompiledStage:
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
    )


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
