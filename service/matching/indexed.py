"""Large tables on the deciding side: for every value of a column the set of rows that it leaves, as bits of an integer.

The sets of all columns are cut with one another; what is left is held against the cells once more, because a column
of many different numbers keeps a set for a stretch of them only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from service.domain.facts import Facts, Type, Unit, Value
from service.matching.codegen import Loads, Module, PythonLines
from service.matching.covers import Cover, clauses, covers
from service.matching.tables import MOST_NAMED, TableFault, chosen, fault
from service.policy.book import Hit
from service.policy.hits import BoundTable
from service.policy.nodes import HAS
from service.policy.program import BoundRule, Program, Stage, fold

LARGE = 200
"""Rows past which a table is matched through an index on its columns."""

MOST_STRETCHES = 2048
"""Sets kept for a column of numbers: those of 10,000 rows take 1.2 KB each."""


def is_large(table: BoundTable, rows: Sequence[BoundRule]) -> bool:
    """Whether the table is matched through an index; a row that someone rewrote may make that impossible."""
    if table.end - table.first <= LARGE:
        return False
    pairs = zip(rows, table.columns, strict=False)
    return all(clauses(rule.when, columns) is not None for rule, columns in pairs)


@dataclass(frozen=True, slots=True)
class Taken:
    """A large table taken out of a program: `stage` by index, `before`: how many rules of the stage stand before it.
    `rows`: with the default, if it has one, at the end."""

    stage: int
    before: int
    table: BoundTable
    rows: tuple[BoundRule, ...]


def without_large(program: Program) -> tuple[Program, tuple[Taken, ...]]:
    """The program that the engine is asked about, and the tables that it isn't."""
    taken: list[Taken] = []
    stages = []
    for index, stage in enumerate(program.stages):
        stages.append(_stage(stage, index, taken))
    return (replace(program, stages=tuple(stages)), tuple(taken)) if taken else (program, ())


def _stage(stage: Stage, index: int, taken: list[Taken]) -> Stage:
    rules: list[BoundRule] = []
    tables: list[BoundTable] = []
    at = 0
    for table in stage.tables:
        rules += stage.rules[at : table.first]
        rows, at = stage.rules[table.first : table.over], table.over
        if is_large(table, rows):
            taken.append(Taken(index, len(rules), table, rows))
        else:
            first = len(rules)
            tables.append(replace(table, first=first, end=first + table.end - table.first))
            rules += rows
    return replace(stage, rules=(*rules, *stage.rules[at:]), tables=tuple(tables))


Inputs = Callable[[Facts], tuple[Any, ...]]


def inputs_reader(table: BoundTable) -> Inputs:
    """From the env to the values of the columns; None for a fact that is absent."""
    module, code, loads = Module("inputs"), PythonLines(), Loads()
    texts = []
    for (_, node), optional in zip(table.inputs, table.optional, strict=True):
        text = fold(node, code, loads).text
        if optional:
            text = f"({text} if {loads[HAS + node.value].text} else None)"
        texts.append(text)
    module.function("inputs", "env", [*loads.lines, *code.lines, f"return ({', '.join(texts)},)"])
    read: Inputs = module.build()("inputs")
    return read


class IndexedTable:
    """`position`: where among the flags of a decision the places of the rows that fire are put."""

    def __init__(self, taken: Taken, stage: str, position: int, currency: str) -> None:
        table = taken.table
        self.table, self.stage, self.position, self.currency = table, stage, position, currency
        self.rows = taken.rows
        self._count = table.end - table.first
        found = covers(table, self.rows[: self._count])
        self._columns = [
            _Column(node.type, [row[place] for row in found]) for place, (_, node) in enumerate(table.inputs)
        ]
        self._inputs = inputs_reader(table)
        self._most = 1 if table.hit in (Hit.FIRST, Hit.PRIORITY) else self._count
        if table.hit is Hit.UNIQUE:
            self._most = MOST_NAMED

    def settle(
        self, env: Facts, outputs: Callable[[Any, int], Sequence[Value]]
    ) -> tuple[tuple[int, ...], TableFault | None]:
        """Places of the rows that fire; the default's is after all others. `outputs`: as of SettledTable."""
        fits = self.fits(self._inputs(env))
        if not fits and self.table.has_default:
            return (self._count,), None
        fires = chosen(self.table, fits, partial(outputs, env)) if fits else None
        if fires is None:
            return (), fault(self.table, self.stage, self.rows, fits, env, self.currency)
        return tuple(fires), None

    def fits(self, values: Sequence[Any]) -> list[int]:
        """Places of rows whose cells fit, rising: as many as the hit policy has a use for."""
        left = -1
        for column, value in zip(self._columns, values, strict=True):
            left &= column.rows(value)
        if left < 0:
            left = (1 << self._count) - 1
        fits: list[int] = []
        inexact = [(column, value) for column, value in zip(self._columns, values, strict=True) if not column.exact]
        while left and len(fits) < self._most:
            lowest = left & -left
            place = lowest.bit_length() - 1
            left ^= lowest
            if all(column.covers[place].holds(value) for column, value in inexact):
                fits.append(place)
        return fits


class _Column:
    """`exact`: whether the sets alone tell which rows take a value."""

    def __init__(self, type: Type, covers: list[Cover]) -> None:
        self.covers = covers
        self.exact = True
        self._absent = _bits((place for place, cover in enumerate(covers) if cover.absent), len(covers))
        self._members: dict[Any, int] | None = None
        if type.unit in (Unit.BOOL, Unit.ENUM):
            values = type.values if type.unit is Unit.ENUM else (True, False)
            self._members = {
                value: _bits((place for place, cover in enumerate(covers) if cover.holds(value)), len(covers))
                for value in values
            }
        else:
            self._stretches(covers)

    def _stretches(self, covers: list[Cover]) -> None:
        starts = sorted({start for cover in covers for low, high in cover.spans for start in (low, high + 1)})
        if len(starts) > MOST_STRETCHES:
            self.exact = False
            starts = sorted({starts[index * len(starts) // MOST_STRETCHES] for index in range(MOST_STRETCHES)})
        self._starts = starts
        entering: list[list[int]] = [[] for _ in range(len(starts) + 1)]
        leaving: list[list[int]] = [[] for _ in range(len(starts) + 2)]
        for place, cover in enumerate(covers):
            for first, last in _runs(
                (bisect_right(starts, low), bisect_right(starts, high)) for low, high in cover.spans
            ):
                entering[first].append(place)
                leaving[last + 1].append(place)
        self._sets = []
        current = 0
        for enter, leave in zip(entering, leaving, strict=False):
            current &= ~_bits(leave, len(covers))
            current |= _bits(enter, len(covers))
            self._sets.append(current)

    def rows(self, value: Any) -> int:
        if value is None:
            return self._absent
        if self._members is not None:
            return self._members[value]
        return self._sets[bisect_right(self._starts, value)]


def _runs(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that touch made one, so that no row leaves a set where it enters it again."""
    runs: list[tuple[int, int]] = []
    for first, last in stretches:
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def _bits(places: Iterable[int], count: int) -> int:
    octets = bytearray(count // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")
