"""When the engine is asked which rules hold, and how facts are put to it.

A rule is asked about as early as another one has to be: its facts must be known, and nothing says that it must wait
for its own stage. So a program of seven stages may need two or three rounds; what fires is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from service.domain.facts import Type, Unit, Value
from service.matching.codegen import Loads, Module, PythonLines, Term
from service.matching.normal import LARGEST, Atom, Group, Properties, Reading, Sign, Source, Truth, normalised
from service.matching.spread import MOST_PATHS, Layout, cost, spread
from service.policy.nodes import DECISION, MEMBER, references
from service.policy.program import BoundRule, Program, Stage, fold

Env = dict[str, Value]

MOST_PATHS_OF_A_ROW = 8

SMALL = 2**30 - 1
"""Python compares integers up to here in a fraction of the time."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A ruleset, by its position in a lane, and the function that writes its facts: JSON, a comma before each."""

    position: int
    properties: Callable[[Env], str]


@dataclass(frozen=True, slots=True)
class Askings:
    """`rounds`: for each stage what is asked before it. `always`: program-wide numbers of rules that can't but fire.
    `together`: where several rules have one condition, by the number of the first, which the engine knows it by, those
    of the others."""

    layouts: tuple[Layout, ...]
    rounds: tuple[tuple[Asking, ...], ...]
    together: dict[int, tuple[int, ...]]
    always: tuple[int, ...]


def askings(program: Program) -> Askings:
    """Raises EngineLimit for a rule that the engine can't hold."""
    computed = [entry.name for stage in program.stages for entry in stage.computed]
    layouts: list[Layout] = []
    always: list[int] = []
    together: dict[int, tuple[int, ...]] = {}
    functions: list[list[tuple[int, str]]] = []
    module = Module("facts for the engine")
    for rules in _rounds(program):
        properties = Properties(program.facts, computed)
        conditions: dict[Atom | Group, list[tuple[int, str]]] = {}
        for number, rule in rules:
            condition = condition_of(rule, properties)
            if not isinstance(condition, bool):
                conditions.setdefault(condition, []).append((number, rule.id))
            elif condition:
                always.append(number)
        for (first, _), *others in conditions.values():
            if others:
                together[first] = tuple(number for number, _ in others)
        functions.append([])
        for layout in spread((*sharing[0], condition) for condition, sharing in conditions.items()):
            name = f"facts{len(layouts)}"
            functions[-1].append((len(layouts), name))
            layouts.append(layout)
            _facts_function(module, name, [(p, properties.sources[p]) for p in layout.properties])
    function = module.build()
    rounds = tuple(tuple(Asking(position, function(name)) for position, name in names) for names in functions)
    return Askings(tuple(layouts), rounds, together, tuple(always))


def condition_of(rule: BoundRule, properties: Properties) -> Atom | Group | bool:
    """Its `in` lists become look-ups in Python where they would multiply into too many paths; so do the alternatives
    in a table's cells, of which every column may have some."""
    condition = normalised(rule.when, properties)
    if not isinstance(condition, Group):
        return condition
    paths = cost(condition).paths
    if rule.table and paths > MOST_PATHS_OF_A_ROW:
        return normalised(rule.when, properties, longest_list=1, alternatives=False)
    if paths > MOST_PATHS:
        return normalised(rule.when, properties, longest_list=1)
    return condition


def _rounds(program: Program) -> list[list[tuple[int, BoundRule]]]:
    """For each stage the rules, by program-wide number, that are asked about before it: the fewest rounds there are."""
    waiting: list[tuple[int, int, int, BoundRule]] = []
    written: dict[str, int] = {}
    number = 0
    for index, stage in enumerate(program.stages):
        for rule in stage.rules:
            ready = max((written.get(name, 0) for name in references(rule.when)), default=0)
            waiting.append((ready, index, number, rule))
            number += 1
        written.update(dict.fromkeys(_written(program, stage), index + 1))
    rounds = []
    for index in range(len(program.stages)):
        due = any(own == index for _, own, _, _ in waiting)
        rounds.append([(n, rule) for ready, _, n, rule in waiting if due and ready <= index])
        if due:
            waiting = [entry for entry in waiting if entry[0] > index]
    return rounds


def _written(program: Program, stage: Stage) -> Iterable[str]:
    """Names that have their value, or a new one, after the stage."""
    for name in stage.writes:
        yield DECISION + name
        for member in program.slots[name].type.values:
            yield DECISION + name + MEMBER + member
    for computed in stage.computed:
        yield computed.name


def _facts_function(module: Module, name: str, properties: list[tuple[str, Source]]) -> None:
    code, loads = PythonLines(), Loads()
    template = ""
    integers: list[str] = []
    said: list[str] = []
    truths: list[str] = []
    for prop, source in properties:
        if isinstance(source, Truth):
            value = fold(source.node, code, loads).text
            said.append(f',"{prop}":1')
            truths.append(value if source.wanted else f"not {value}")
        else:
            template += f',"{prop}":%d'
            integers.append(_integer(module, code, loads, source))
    texts = [f"{template!r} % ({', '.join(integers)},)"] if integers else []
    if said:
        module.names[f"said_{name}"] = tuple(said)
        texts.append(f"''.join(compress(said_{name}, ({', '.join(truths)},)))")
    module.function(name, "env", [*loads.lines, *code.lines, f"return {' + '.join(texts)}"])


def _integer(module: Module, code: PythonLines, loads: Loads, source: Reading | Sign) -> str:
    """Text of the property's value as an integer that the engine compares exactly."""
    if isinstance(source, Sign):
        left, right = (code.named(fold(node, code, loads)) for node in (source.left, source.right))
        if source.left.type.unit in (Unit.BOOL, Unit.ENUM):
            return f"{left.text} != {right.text}"
        return f"(1 if {left.text} > {right.text} else -1 if {left.text} < {right.text} else 0)"
    value = fold(source.node, code, loads)
    if source.node.type.unit is Unit.ENUM:
        return f"{_index(module, source.node.type)}[{value.text}]"
    return value.text if source.exact else _clamped(module, code.named(value))


def _clamped(module: Module, term: Term) -> str:
    module.names["clamped"] = clamped
    return f"({term.text} if {-SMALL} <= {term.text} <= {SMALL} else clamped({term.text}))"


def clamped(number: int) -> int:
    return max(-LARGEST, min(number, LARGEST))


def _index(module: Module, type: Type) -> str:
    """Name of the look-up from an enum's members to their places."""
    indexes: dict[Type, str] = module.names.setdefault("indexes", {})
    name = indexes.get(type)
    if name is None:
        name = indexes[type] = f"index{len(indexes)}"
        lookup: dict[str, Any] = {member: place for place, member in enumerate(type.values)}
        module.names[name] = lookup
    return name
