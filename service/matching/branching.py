"""Large tables on the side of the second opinion: a tree that halves the rows by one column after another.

Built apart from the deciding side's sets, and the rows that it ends at are held against their conditions, not against
what the sets were made of. Both take from `covers` where to look; so for one input in a hundred every row is looked at.
Which of them fire is settled as `service.policy.hits` means it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from zlib import crc32

from service.domain.effects import Combine, Slot
from service.domain.facts import Facts, Type, Unit
from service.matching.codegen import Module, PythonLines, Term
from service.matching.covers import Cover, clauses, covers
from service.matching.indexed import is_large
from service.policy.hits import BoundTable, firing
from service.policy.nodes import HAS, Node, Op, references
from service.policy.program import BoundRule, Given, Hits, Lookup, Program, fold
from service.policy.values import COMPARISONS, ValueAlgebra, evaluate_node

FEW = 6
"""Rows that aren't worth another halving."""

MOST_COPIES = 8
"""Times as many places in leaves as there are rows: a row that takes half of a column's values stands on both sides."""

SCANNED = 100

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class _Fork:
    """Numbers below `at` go one way. A value that isn't there goes its own way, as does each member of an enum."""

    column: int
    at: int
    below: _Fork | tuple[int, ...]
    above: _Fork | tuple[int, ...]
    others: Mapping[Any, _Fork | tuple[int, ...]]


def is_scanned(values: Sequence[Any]) -> bool:
    """Whether the table is matched without its tree: one input in a hundred, the same in every process."""
    return crc32(repr(values).encode()) % SCANNED == 0


class BranchingTable:
    def __init__(self, table: BoundTable, rows: Sequence[BoundRule], slots: Mapping[str, Slot]) -> None:
        self._table, self._rows = table, rows
        self._slots = [slots[name] for name in table.outputs]
        count = table.end - table.first
        self._every = range(count)
        self._copies = MOST_COPIES * count
        self._types = [node.type for _, node in table.inputs]
        self._root = self._grown(covers(table, rows[:count]), list(range(count)), 0)
        tests: dict[Any, Test] = {}
        self._tests = [
            [(column, _test(clause, tests)) for clause, column in zip(clauses(rule.when, own) or (), own, strict=True)]
            for rule, own in zip(rows[:count], table.columns, strict=True)
        ]

    def answer(self, values: Sequence[Any], env: Facts) -> tuple[Any, ...]:
        """Places of the rows that fire, then for each output slot what it is given, None where nothing is."""
        fits = self._fits(values)
        # One row that fits fires whatever the hit policy.
        fired = fits if len(fits) == 1 else self._firing(fits, env)
        return (tuple(fired), *(self._given(slot, fired, env) for slot in self._slots))

    def _fits(self, values: Sequence[Any]) -> list[int]:
        fits = []
        for place in self._every if is_scanned(values) else self._leaf(values):
            for column, test in self._tests[place]:
                if not test(values[column]):
                    break
            else:
                fits.append(place)
        return fits

    def _firing(self, fits: Sequence[int], env: Facts) -> list[int]:
        given = [[(node, evaluate_node(node, env)) for _, node in self._rows[place].effects] for place in fits]
        fires = firing(self._table, _VALUES, [True] * len(fits), given.__getitem__)
        default = len(self._rows) - 1
        return [place for place, fire in zip([*fits, default], fires, strict=False) if fire]

    def _given(self, slot: Slot, fired: Sequence[int], env: Facts) -> Any:
        nodes = [node for place in fired for name, node in self._rows[place].effects if name == slot.name]
        values: list[Any] = [node.value if node.op is Op.LIT else evaluate_node(node, env) for node in nodes]
        if not values:
            return None
        if len(values) == 1 and slot.combine is not Combine.UNION:
            return values[0]
        match slot.combine:
            case Combine.UNION:
                return frozenset(values)
            case Combine.FIRST:
                return values[0]
            case Combine.ANY:
                return any(values)
        if slot.combine is Combine.SUM or self._table.sums(slot.combine):
            return sum(values)
        return max(values) if slot.combine is Combine.MAX else min(values)

    def _leaf(self, values: Sequence[Any]) -> tuple[int, ...]:
        node = self._root
        while isinstance(node, _Fork):
            value = values[node.column]
            if value is None or node.at is _NO_NUMBER:
                node = node.others[value]
            else:
                node = node.below if value < node.at else node.above
        return node

    def _grown(self, cells: list[list[Cover]], places: list[int], depth: int) -> _Fork | tuple[int, ...]:
        best: tuple[float, int, int, list[list[int]]] | None = None
        if len(places) > FEW and depth < 40:
            for column, type in enumerate(self._types):
                split = _split([(place, cells[place][column]) for place in places], type)
                if split is not None:
                    at, sides = split
                    worst = max(map(len, sides)) + sum(map(len, sides)) / 1_000
                    if best is None or worst < best[0]:
                        best = (worst, column, at, sides)
        if best is None or max(map(len, best[3])) == len(places) or self._copies <= 0:
            return tuple(places)
        _, column, at, sides = best
        self._copies -= sum(map(len, sides)) - len(places)
        grown = [self._grown(cells, side, depth + 1) for side in sides]
        others: dict[Any, _Fork | tuple[int, ...]] = {None: grown[0]}
        if at is _NO_NUMBER:
            others.update(zip(_members(self._types[column]), grown[1:], strict=True))
            return _Fork(column, at, (), (), others)
        return _Fork(column, at, grown[1], grown[2], others)


_NO_NUMBER = -(2**80)
_VALUES: Any = ValueAlgebra()


def _members(type: Type) -> tuple[Any, ...]:
    return type.values if type.unit is Unit.ENUM else (True, False)


def _split(cells: list[tuple[int, Cover]], type: Type) -> tuple[int, list[list[int]]] | None:
    """Rows for an absent value, then for numbers below and from the middle on, or for each member."""
    absent = [place for place, cover in cells if cover.absent]
    if type.unit in (Unit.ENUM, Unit.BOOL):
        sides = [[place for place, cover in cells if cover.holds(member)] for member in _members(type)]
        return _NO_NUMBER, [absent, *sides]
    starts = sorted([low for _, cover in cells for low, _ in cover.spans])
    if not starts or starts[0] == starts[-1]:
        return None
    at = starts[len(starts) // 2]
    if at == starts[0]:
        at = next(start for start in starts if start > at)
    below = [place for place, cover in cells if cover.spans and cover.spans[0][0] < at]
    above = [place for place, cover in cells if cover.spans and cover.spans[-1][1] >= at]
    return at, [absent, below, above]


def _test(clause: Node, made: dict[Any, Test]) -> Test:
    """The clause as a function of the column's value; the one that asks whether it is there comes first in a row."""
    match clause.op:
        case Op.AND | Op.OR:
            tests = [_test(arg, made) for arg in clause.args]
            return (lambda value: all(t(value) for t in tests)) if clause.op is Op.AND else _one_of(tests)
        case Op.NOT:
            inner = _test(clause.args[0], made)
            return lambda value: not inner(value)
        case Op.HAS:
            return lambda value: value is not None
        case Op.REF:
            return operator.truth
        case Op.IN:
            listed: tuple[Any, ...] = clause.value
            return lambda value: value in listed
    compare, other = COMPARISONS[clause.value], clause.args[1].value
    key = (clause.value, other)
    found = made.get(key)
    if found is None or isinstance(other, bool):
        found = made[key] = lambda value: compare(value, other)
    return found


def _one_of(tests: Sequence[Test]) -> Test:
    return lambda value: any(test(value) for test in tests)


def looked_up(
    program: Program, module: Module, code: PythonLines, fired: list[str], at_once: bool = True
) -> Lookup[Term]:
    """How generated code matches the large tables of a program: by one call each. `fired`: gains for each of them the
    text of the places of its rows that fire. Not `at_once`: trees are grown when they are first asked."""
    known: dict[str, Callable[[], BranchingTable]] = module.names.setdefault("tables", {})

    def lookup(table: BoundTable, rows: Sequence[BoundRule], env: Mapping[str, Term]) -> Hits[Term] | None:
        if not is_large(table, rows):
            return None
        name = f"t{len(known)}"
        grown = known[name] = cache(partial(BranchingTable, table, rows, program.slots))
        module.names[name] = grown().answer if at_once else lambda values, env: grown().answer(values, env)
        answer = code.named(Term(f"({name}(({_inputs(table, code, env)},), {{{_reads(rows, env)}}}))", 1)).text
        fired.append(f"{answer}[0]")
        return {slot: _contributions(program.slots[slot], f"{answer}[{n}]") for n, slot in enumerate(table.outputs, 1)}

    return lookup


def _inputs(table: BoundTable, code: PythonLines, env: Mapping[str, Term]) -> str:
    texts = []
    for (_, node), optional in zip(table.inputs, table.optional, strict=True):
        text = fold(node, code, env).text
        texts.append(f"({text} if {env[HAS + node.value].text} else None)" if optional else text)
    return ", ".join(texts)


def _reads(rows: Sequence[BoundRule], env: Mapping[str, Term]) -> str:
    """What the rows' outputs read, where they aren't plain values."""
    names = sorted({name for rule in rows for _, node in rule.effects for name in references(node)})
    return ", ".join(f"{name!r}: {env[name].text}" for name in names)


def _contributions(slot: Slot, text: str) -> list[tuple[Term, Node | Given[Any]]]:
    if slot.combine is Combine.UNION:
        return [
            (Term(f"({text} is not None and {member!r} in {text})", 1), Given(member)) for member in slot.type.values
        ]
    return [(Term(f"({text} is not None)", 1), Given(Term(text)))]
