"""One stage of a program as it is decided: facts to engine properties, matched rules to effects to slots.

The engine says which rules hold; `service.domain.effects` says what their effects come to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.effects import Combine, Slot, combined
from service.domain.facts import Type, Unit, Value
from service.matching.codegen import Loads, Module, PythonLines, Term
from service.matching.engine import Lane
from service.matching.normal import LARGEST, Atom, Group, Properties, Sign, Source, normalised
from service.matching.spread import MOST_PATHS, Layout, cost, spread
from service.policy.nodes import DECISION, MEMBER, Op
from service.policy.program import BoundRule, Program, Stage, fold

Env = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Effect:
    """`compute` is None where the value is the same for every request."""

    slot: str
    value: Value
    compute: Callable[[Env], Value] | None


@dataclass(frozen=True, slots=True)
class Asking:
    """A ruleset, by its position in a lane, and the function that writes its facts as JSON without the end."""

    position: int
    properties: Callable[[Env], str]


@dataclass(frozen=True, slots=True)
class CompiledStage:
    """`first`: the program-wide number of its first rule. `always`: numbers of rules that no fact can stop."""

    name: str
    first: int
    rules: tuple[BoundRule, ...]
    always: tuple[int, ...]
    askings: tuple[Asking, ...]
    effects: tuple[tuple[Effect, ...], ...]
    slots: dict[str, Slot]
    members: dict[str, tuple[tuple[str, str], ...]]
    settled: tuple[tuple[str, Value], ...]
    compute: Callable[[Env], None] | None

    def matching(self, env: Env, lane: Lane) -> Sequence[int]:
        """Numbers of the rules that hold, in their order."""
        if len(self.askings) == 1 and not self.always:
            asking = self.askings[0]
            return lane.matched(asking.position, asking.properties(env))
        numbers = list(self.always)
        for asking in self.askings:
            numbers += lane.matched(asking.position, asking.properties(env))
        numbers.sort()
        return numbers

    def decide(self, env: Env, numbers: Sequence[int], contributions: dict[str, list[tuple[str, Value]]]) -> None:
        """Puts the stage's slots and computed values into `env`, and each effect into `contributions`."""
        values: dict[str, list[Value]] = {}
        for number in numbers:
            rule = self.rules[number].id
            for effect in self.effects[number]:
                value = effect.value if effect.compute is None else effect.compute(env)
                values.setdefault(effect.slot, []).append(value)
                contributions.setdefault(effect.slot, []).append((rule, value))
        for key, settled in self.settled:
            env[key] = settled
        for name, contributed in values.items():
            slot = self.slots[name]
            key = DECISION + name
            env[key] = result = combined(slot, env[key], contributed)
            if isinstance(result, frozenset):
                for entry, member in self.members[name]:
                    env[entry] = member in result
        if self.compute is not None:
            self.compute(env)


class StageCompiler:
    """Compiles a program's stages one after another; `layouts` are the rulesets that they ask, by position."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._computed = [computed.name for stage in program.stages for computed in stage.computed]
        self._written: set[str] = set()
        self._first = 0
        self.layouts: list[tuple[str, Layout]] = []

    def compile(self, stage: Stage) -> CompiledStage:
        """Raises EngineLimit for a rule that the engine can't hold."""
        module = Module(f"stage {stage.name}")
        always, names = self._match(stage, module)
        effects = [self._effects(module, number, rule) for number, rule in enumerate(stage.rules)]
        if stage.computed:
            self._compute(module, stage)
        function = module.build()
        slots = {name: self._program.slots[name] for name in stage.writes}
        compiled = CompiledStage(
            stage.name,
            self._first,
            stage.rules,
            tuple(always),
            tuple(Asking(position, function(name)) for position, name in names),
            tuple(
                tuple(Effect(slot, value, function(name) if name else None) for slot, value, name in of_rule)
                for of_rule in effects
            ),
            slots,
            {name: self._members(slot) for name, slot in slots.items()},
            tuple(self._settled(slots)),
            function("compute") if stage.computed else None,
        )
        self._first += len(stage.rules)
        self._written.update(slots)
        return compiled

    def _match(self, stage: Stage, module: Module) -> tuple[list[int], list[tuple[int, str]]]:
        """Numbers of always-true rules; and for each ruleset its position and its function's name."""
        properties = Properties(self._program.facts, self._computed)
        always: list[int] = []
        conditions: list[tuple[int, str, Atom | Group]] = []
        for number, rule in enumerate(stage.rules):
            condition = normalised(rule.when, properties)
            if isinstance(condition, Group) and cost(condition).paths > MOST_PATHS:
                condition = normalised(rule.when, properties, longest_list=1)
            if not isinstance(condition, bool):
                conditions.append((number, rule.id, condition))
            elif condition:
                always.append(number)
        names = []
        for layout in spread(conditions):
            position = len(self.layouts)
            self.layouts.append((f"{stage.name}-{position}", layout))
            names.append((position, f"facts{position}"))
            _facts_function(module, names[-1][1], [(p, properties.sources[p]) for p in layout.properties])
        return always, names

    def _effects(self, module: Module, number: int, rule: BoundRule) -> list[tuple[str, Value, str]]:
        """Slot, literal value, or the name of the function that computes it."""
        effects: list[tuple[str, Value, str]] = []
        for index, (slot, node) in enumerate(rule.effects):
            name = "" if node.op is Op.LIT else f"effect{number}_{index}"
            if name:
                module.expression(name, node)
            effects.append((slot, node.value if not name else False, name))
        return effects

    def _compute(self, module: Module, stage: Stage) -> None:
        code, loads = PythonLines(), Loads()
        for computed in stage.computed:
            loads[computed.name] = term = code.named(fold(computed.value, code, loads))
            code.lines.append(f"env[{computed.name!r}]={term.text}")
        module.function("compute", "env", [*loads.lines, *code.lines])

    def _members(self, slot: Slot) -> tuple[tuple[str, str], ...]:
        """Env names of the union slot's members that some expression reads."""
        read = sorted(member for name, member in self._program.members if name == slot.name)
        return tuple((DECISION + slot.name + MEMBER + member, member) for member in read)

    def _settled(self, slots: dict[str, Slot]) -> list[tuple[str, Value]]:
        """Slots whose initial value lies outside their range: clipped from the first stage that writes them on."""
        settled: list[tuple[str, Value]] = []
        for slot in slots.values():
            if slot.name not in self._written and slot.combine is not Combine.UNION:
                value = combined(slot, slot.initial, ())
                if value != slot.initial:
                    settled.append((DECISION + slot.name, value))
        return settled


def _facts_function(module: Module, name: str, properties: list[tuple[str, Source]]) -> None:
    code, loads = PythonLines(), Loads()
    values = [_integer(module, code, loads, source) for _, source in properties]
    template = "{" + ",".join(f'"{prop}":%d' for prop, _ in properties)
    module.function(name, "env", [*loads.lines, *code.lines, f"return {template!r} % ({', '.join(values)},)"])


def _integer(module: Module, code: PythonLines, loads: Loads, source: Source) -> str:
    """Text of the property's value as an integer that the engine compares exactly."""
    if isinstance(source, Sign):
        left, right = (code.named(fold(node, code, loads)) for node in (source.left, source.right))
        if source.left.type.unit in (Unit.BOOL, Unit.ENUM):
            return f"{left.text} != {right.text}"
        return f"({left.text} > {right.text}) - ({left.text} < {right.text})"
    value = fold(source.node, code, loads)
    if source.node.type.unit is Unit.ENUM:
        return f"{_index(module, source.node.type)}[{value.text}]"
    return value.text if source.exact else _clamped(code.named(value))


def _clamped(term: Term) -> str:
    x = term.text
    return f"({x} if {-LARGEST} <= {x} <= {LARGEST} else {LARGEST} if {x} > 0 else {-LARGEST})"


def _index(module: Module, type: Type) -> str:
    """Name of the look-up from an enum's members to their places."""
    indexes: dict[Type, str] = module.names.setdefault("indexes", {})
    name = indexes.get(type)
    if name is None:
        name = indexes[type] = f"index{len(indexes)}"
        lookup: dict[str, Any] = {member: place for place, member in enumerate(type.values)}
        module.names[name] = lookup
    return name
