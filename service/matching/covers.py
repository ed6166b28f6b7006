"""Which values of a column a row's cell takes, as sets: what the indexes of large tables are built of.

Knows the conditions that the loader makes of cells, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.facts import Type, Unit
from service.policy.hits import BoundTable
from service.policy.nodes import Node, Op
from service.policy.program import BoundRule

LOWEST, HIGHEST = -(2**70), 2**70
"""Beyond anything that 64 bits hold."""

Interval = tuple[int, int]
"""Both ends included."""


@dataclass(frozen=True, slots=True)
class Cover:
    """`absent`: whether an optional fact that isn't there fits. `spans`: numbers, apart and rising. `members`: of an
    enum, or of yes and no; None for a column of numbers."""

    absent: bool
    spans: tuple[Interval, ...] = ()
    members: frozenset[Any] | None = None

    def holds(self, value: Any) -> bool:
        if value is None:
            return self.absent
        if self.members is not None:
            return value in self.members
        return any(low <= value <= high for low, high in self.spans)


def everything(type: Type) -> Cover:
    if type.unit is Unit.BOOL:
        return Cover(True, (), frozenset((True, False)))
    if type.unit is Unit.ENUM:
        return Cover(True, (), frozenset(type.values))
    return Cover(True, ((LOWEST, HIGHEST),))


def clauses(when: Node, columns: Sequence[int]) -> Sequence[Node] | None:
    """A row's clauses, one for each of its columns; None where its condition isn't made of them."""
    if not columns:
        return () if when.op is Op.LIT and when.value is True else None
    found = (when,) if len(columns) == 1 else when.args
    return found if len(found) == len(columns) and (len(columns) == 1 or when.op is Op.AND) else None


def covers(table: BoundTable, rows: Sequence[BoundRule]) -> list[list[Cover]]:
    """For each row what it takes in each column."""
    types = [node.type for _, node in table.inputs]
    whole = [everything(type) for type in types]
    seen: dict[Any, Cover] = {}
    found = []
    for rule, columns in zip(rows, table.columns, strict=True):
        row = whole.copy()
        for clause, column in zip(clauses(rule.when, columns) or (), columns, strict=True):
            key = (column, _shape(clause))
            cover = seen.get(key)
            if cover is None:
                cover = seen[key] = _cover(clause, types[column])
            row[column] = cover if row[column] is whole[column] else _both(row[column], cover)
        found.append(row)
    return found


def _shape(clause: Node) -> tuple[Any, ...]:
    return (clause.op, clause.value, *map(_shape, clause.args))


def _cover(clause: Node, type: Type) -> Cover:
    match clause.op:
        case Op.AND:
            return _folded(_both, [_cover(arg, type) for arg in clause.args])
        case Op.OR:
            return _folded(_either, [_cover(arg, type) for arg in clause.args])
        case Op.NOT:
            return _other(_cover(clause.args[0], type), type)
        case Op.HAS:
            whole = everything(type)
            return Cover(False, whole.spans, whole.members)
        case Op.REF:
            return Cover(False, (), frozenset((True,)))
        case Op.IN:
            return _listed(clause.value, type)
    assert clause.op is Op.CMP, clause
    return _compared(clause.value, clause.args[1].value, type)


def _listed(values: Iterable[Any], type: Type) -> Cover:
    if type.unit in (Unit.ENUM, Unit.BOOL):
        return Cover(False, (), frozenset(values))
    return Cover(False, _apart((value, value) for value in values))


def _compared(operator: str, value: Any, type: Type) -> Cover:
    if operator in ("==", "!="):
        equal = _listed((value,), type)
        return equal if operator == "==" else _other(equal, type)
    spans = {
        "<": (LOWEST, value - 1),
        "<=": (LOWEST, value),
        ">": (value + 1, HIGHEST),
        ">=": (value, HIGHEST),
    }
    return Cover(False, (spans[operator],))


def _folded(join: Callable[[Cover, Cover], Cover], parts: Sequence[Cover]) -> Cover:
    whole = parts[0]
    for part in parts[1:]:
        whole = join(whole, part)
    return whole


def _either(a: Cover, b: Cover) -> Cover:
    members = None if a.members is None or b.members is None else a.members | b.members
    return Cover(a.absent or b.absent, _apart((*a.spans, *b.spans)), members)


def _other(cover: Cover, type: Type) -> Cover:
    if cover.members is not None:
        whole = everything(type).members
        assert whole is not None
        return Cover(not cover.absent, (), whole - cover.members)
    gaps, after = [], LOWEST
    for low, high in cover.spans:
        if after < low:
            gaps.append((after, low - 1))
        after = high + 1
    if after <= HIGHEST:
        gaps.append((after, HIGHEST))
    return Cover(not cover.absent, tuple(gaps))


def _both(a: Cover, b: Cover) -> Cover:
    if a.members is not None and b.members is not None:
        return Cover(a.absent and b.absent, (), a.members & b.members)
    spans = [(max(p, r), min(q, s)) for p, q in a.spans for r, s in b.spans]
    return Cover(a.absent and b.absent, _apart(span for span in spans if span[0] <= span[1]))


def _apart(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """Rising, those that touch made one."""
    joined: list[Interval] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)
