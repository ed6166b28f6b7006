"""Decision tables once it is known which rows' cells fit: which rows fire, and what is wrong where none may.

The second opinion settles the same by `service.policy.hits`; here it is done in plain steps on the rows that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from service.domain.facts import Facts, Value
from service.domain.units import value_text
from service.policy.book import Hit
from service.policy.hits import BoundTable
from service.policy.nodes import HAS, Node, Op
from service.policy.program import BoundRule
from service.policy.values import evaluate_node

MOST_NAMED = 10
"""Rows that a conflict names."""

Outputs = Callable[[int], Sequence[Value]]
"""For a row, by its place in the table, what it gives."""


@dataclass(frozen=True, slots=True)
class TableConflict:
    """Rows fit that exclude one another. `rows`: their rules' ids, ten at most. `input`: the columns and what the
    request has in them."""

    table: str
    practice: str
    stage: str
    rows: tuple[str, ...]
    input: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"rows {', '.join(self.rows)} contradict one another where {_told(self.input)}"


@dataclass(frozen=True, slots=True)
class TableGap:
    """No row fits, and the table has no default."""

    table: str
    practice: str
    stage: str
    input: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"no row fits where {_told(self.input)}"


TableFault = TableConflict | TableGap


def _told(input: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{column} is {value}" for column, value in input)


def chosen(table: BoundTable, fits: Sequence[int], outputs: Outputs) -> Sequence[int] | None:
    """Which of the rows that fit fire: places in the table, rising. None where they contradict one another."""
    if len(fits) == 1:
        return fits
    match table.hit:
        case Hit.UNIQUE:
            return None
        case Hit.FIRST | Hit.PRIORITY:
            return fits[:1]
        case Hit.ANY:
            said = outputs(fits[0])
            return fits[:1] if all(outputs(place) == said for place in fits[1:]) else None
    if table.aggregate in ("min", "max"):
        # Python's min and max give the first of several.
        best: Any = min if table.aggregate == "min" else max
        return [best(fits, key=lambda place: outputs(place)[0])]
    return fits


def fault(
    table: BoundTable, stage: str, rows: Sequence[BoundRule], fits: Sequence[int], env: Facts, currency: str
) -> TableFault:
    """For a table of which nothing fires."""
    input = tuple((" ".join(source.split()), _shown(node, env, currency)) for source, node in table.inputs)
    if fits:
        named = tuple([rows[place].id for place in fits[:MOST_NAMED]])
        return TableConflict(table.id, table.practice, stage, named, input)
    return TableGap(table.id, table.practice, stage, input)


def _shown(node: Node, env: Facts, currency: str) -> str:
    if node.op is Op.REF and env.get(HAS + node.value) is False:
        return "not given"
    return value_text(node.type, evaluate_node(node, env), currency)


@dataclass(frozen=True, slots=True)
class SettledTable:
    """A table whose rows the engine is asked about. `first` to `end`: program-wide numbers of its rows; the default,
    if it has one, comes after them."""

    table: BoundTable
    stage: str
    rows: tuple[BoundRule, ...]
    first: int
    end: int
    currency: str

    def settle(self, env: Facts, flags: list[Any], outputs: Outputs) -> TableFault | None:
        """From the flags of the rows whose cells fit to the flags of those that fire."""
        fits = list(compress(range(self.end - self.first), flags[self.first : self.end]))
        if not fits:
            return None if self.table.has_default else self._fault(fits, env)
        if self.table.has_default:
            flags[self.end] = False
        fires = chosen(self.table, fits, outputs)
        if fires is not fits:
            for place in fits:
                flags[self.first + place] = False
            for place in fires or ():
                flags[self.first + place] = True
        return self._fault(fits, env) if fires is None else None

    def _fault(self, fits: Sequence[int], env: Facts) -> TableFault:
        return fault(self.table, self.stage, self.rows, fits, env, self.currency)


def summed(table: BoundTable, given: Sequence[tuple[str, Any]]) -> list[Any]:
    """The values given to a slot, those of the table's rows as their sum."""
    own: list[Any] = []
    others: list[Any] = []
    for rule, value in given:
        mine = rule.startswith(table.id + "/") and not rule.endswith("/default")
        (own if mine else others).append(value)
    return [*others, sum(own)] if own else others


Sums = Mapping[str, tuple[BoundTable, ...]]
"""By slot, the tables that give it the sum of their rows."""
