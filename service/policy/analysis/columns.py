"""A table's rows as boxes: for each column the intervals that a row's cells allow. Reads bound conditions, no files.

A column is an expression that cells compare with numbers, members, yes and no. A condition that isn't a conjunction
of such cells is no box, and whoever asks is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.domain.facts import Unit
from service.policy.analysis.graph import Choice, Graph, Read
from service.policy.nodes import HAS, Node, Op, references
from service.policy.program import fold
from service.policy.values import evaluate_node

Segments = tuple[tuple[int, int], ...]
"""Disjoint intervals, both ends included, rising and with a gap between each two."""

Box = Mapping[int, Segments]
"""The columns that a row restricts, by index; one of them may be left with no value at all."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`low`..`high`: all that the column can be. Enum members and yes or no stand for their index."""

    node: Node
    term: Read
    low: int
    high: int


def key(node: Node) -> Key:
    """What an expression says, without where it stands."""
    return (node.op, node.value, *map(key, node.args))


def joined(segments: list[tuple[int, int]]) -> Segments:
    result: list[tuple[int, int]] = []
    for low, high in sorted(segments):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def met(a: Segments, b: Segments) -> Segments:
    pairs = ((max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b)
    return tuple(sorted(pair for pair in pairs if pair[0] <= pair[1]))


class NoBox(Exception):
    """A condition that isn't a conjunction of cells."""


@dataclass(slots=True)
class Columns:
    """Columns in the order in which rows brought them up; `has()` of a fact comes before the fact."""

    graph: Graph
    env: Mapping[str, Read]
    all: list[Column] = field(default_factory=list)
    _known: dict[Key, int] = field(default_factory=dict)
    _cells: dict[Key, Box] = field(default_factory=dict)

    def box(self, condition: Node) -> Box:
        """Raises NoBox."""
        parts = condition.args if condition.op is Op.AND else (condition,)
        box: dict[int, Segments] = {}
        for part in parts:
            cell_key = key(part)
            cell = self._cells.get(cell_key)
            if cell is None:
                cell = self._cells[cell_key] = self._cell(part)
            for column, allowed in cell.items():
                box[column] = met(box[column], allowed) if column in box else allowed
        return box

    def inside(self, box: Box) -> int:
        """The term that says whether the columns lie in the box."""
        return self.graph.and_([self._inside(self.all[i], allowed) for i, allowed in box.items()])

    def _inside(self, column: Column, allowed: Segments) -> int:
        if isinstance(column.term, Choice):
            terms = tuple(column.term.members.values())
            return self.graph.or_([terms[i] for low, high in allowed for i in range(low, high + 1)])
        return self.graph.or_([self.graph.within(column.term, low, high) for low, high in allowed])

    def _cell(self, node: Node) -> Box:
        """The box of one test: of one column, or of a fact and whether it is there."""
        match node.op:
            case Op.LIT:
                return {} if node.value else {self._column(node): ()}
            case Op.AND:
                return self.box(node)
            case Op.NOT:
                column, allowed = self._single(self._cell(node.args[0]))
                return {column: self._others(column, allowed)}
            case Op.OR:
                parts = [self._single(self._cell(arg)) for arg in node.args]
                if len({column for column, _ in parts}) > 1:
                    raise NoBox
                return {parts[0][0]: joined([segment for _, allowed in parts for segment in allowed])}
            case Op.CMP:
                return self._comparison(node)
            case Op.IN:
                column = self._column(node.args[0])
                return {column: self._within(column, [(self._stored(node.args[0], v),) * 2 for v in node.value])}
            case Op.REF | Op.HAS:
                return {self._column(node): ((1, 1),)}
        raise NoBox

    @staticmethod
    def _single(box: Box) -> tuple[int, Segments]:
        if len(box) != 1:
            raise NoBox
        ((column, allowed),) = box.items()
        return column, allowed

    def _comparison(self, node: Node) -> Box:
        first, second = node.args
        operator = node.value
        if references(second):
            if references(first):
                raise NoBox
            first, second = second, first
            operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
        column = self._column(first)
        value = self._stored(first, evaluate_node(second, {}))
        low, high = self.all[column].low, self.all[column].high
        sides: dict[str, list[tuple[int, int]]] = {
            "==": [(value, value)],
            "!=": [(low, value - 1), (value + 1, high)],
            "<": [(low, value - 1)],
            "<=": [(low, value)],
            ">": [(value + 1, high)],
            ">=": [(value, high)],
        }
        return {column: self._within(column, sides[operator])}

    def _within(self, column: int, segments: list[tuple[int, int]]) -> Segments:
        return met(joined([s for s in segments if s[0] <= s[1]]), ((self.all[column].low, self.all[column].high),))

    def _others(self, column: int, allowed: Segments) -> Segments:
        low, high = self.all[column].low, self.all[column].high
        result = []
        for a, b in allowed:
            result.append((low, a - 1))
            low = b + 1
        return self._within(column, [*result, (low, high)])

    @staticmethod
    def _stored(column: Node, value: Any) -> int:
        return column.type.values.index(value) if column.type.unit is Unit.ENUM else int(value)

    def _column(self, node: Node) -> int:
        """Its index. An optional fact's `has()` is made a column before it."""
        known = self._known.get(key(node))
        if known is not None:
            return known
        if node.op is Op.REF and HAS + node.value in self.env:
            self._column(Node(Op.HAS, node.type, (), node.value))
        term = fold(node, self.graph, self.env)
        low, high = 0, len(node.type.values) - 1
        if isinstance(term, int):
            low, high = self.graph.low[term], self.graph.high[term]
        self._known[key(node)] = len(self.all)
        self.all.append(Column(node, term, low, high))
        return len(self.all) - 1
