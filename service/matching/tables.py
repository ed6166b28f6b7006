"""Decision tables once it is known which rows' cells fit: which rows fire, and what is wrong where none may.

The second opinion settles the same by `service.policy.hits`; here it is done in plain steps on the rows that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
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
    if it has one, comes after them. `outputs`: for a row, by its place in the table, what it gives in an env."""

    table: BoundTable
    stage: str
    rows: tuple[BoundRule, ...]
    first: int
    end: int
    currency: str
    outputs: Callable[[Any, int], Sequence[Value]]

    def settle(self, env: Facts, flags: list[Any]) -> TableFault | None:
        """From the flags of the rows whose cells fit to the flags of those that fire."""
        first, table = self.first, self.table
        fitting = flags[first : self.end]
        count = fitting.count(True)
        if not count:
            return None if table.has_default else self._fault((), env)
        if table.has_default:
            flags[self.end] = False
        if count == 1:
            return None
        fits = list(compress(range(len(fitting)), fitting))
        fires = chosen(table, fits, partial(self.outputs, env))
        if fires is not fits:
            for place in fits:
                flags[first + place] = False
            for place in fires or ():
                flags[first + place] = True
        return self._fault(fits, env) if fires is None else None

    def _fault(self, fits: Sequence[int], env: Facts) -> TableFault:
        return fault(self.table, self.stage, self.rows, fits, env, self.currency)


def summed(tables: Iterable[BoundTable], given: Iterable[tuple[str, Any]]) -> list[Any]:
    """The values given to a slot, those of each table's rows as their sum."""
    rest, sums = list(given), []
    for table in tables:
        own = [_is_row(table, rule) for rule, _ in rest]
        if any(own):
            sums.append(sum([value for (_, value), mine in zip(rest, own, strict=True) if mine]))
            rest = [pair for pair, mine in zip(rest, own, strict=True) if not mine]
    return [*[value for _, value in rest], *sums]


def _is_row(table: BoundTable, rule: str) -> bool:
    return rule.startswith(table.id + "/") and not rule.endswith("/default")
