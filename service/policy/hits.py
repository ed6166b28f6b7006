"""Which rows of a decision table fire, of those whose cells fit: its hit policy, written once for every reader.

Each step names what the next ones read, so that the work and the text of a reader grow with the rows and no faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from service.domain.effects import Combine
from service.domain.facts import BOOL, COUNT
from service.policy.algebra import Algebra
from service.policy.book import Hit
from service.policy.nodes import Node

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class BoundTable:
    """`first` to `end`: its rows among the rules of its stage, each before those that yield to it. The rule at `end`
    is the default, if it has one. `inputs`: as written, and bound. `optional`: for each, whether it is a fact that may
    be absent. `columns`: for each row, which input each clause of its condition is about.
    """

    id: str
    practice: str
    hit: Hit
    aggregate: str
    inputs: tuple[tuple[str, Node], ...]
    optional: tuple[bool, ...]
    outputs: tuple[str, ...]
    first: int
    end: int
    has_default: bool
    columns: tuple[tuple[int, ...], ...]

    @property
    def over(self) -> int:
        """Where the stage's rules go on."""
        return self.end + self.has_default

    def sums(self, combine: Combine) -> bool:
        """Whether its rows give such a slot their sum alone. To a sum they may as well give one by one."""
        return self.aggregate in ("sum", "count") and combine is not Combine.SUM


Outputs = Callable[[int], Sequence[tuple[Node, V]]]
"""For a row, by its place in the table: the nodes of its effects and their values in the reader's algebra."""


def firing(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> list[V]:
    """For every row, and the default at the end if there is one, whether it fires.

    None fires where the table is at fault: rows that contradict one another, or nothing that fits and no default.
    """
    policy = _least_or_greatest if table.aggregate in ("min", "max") else _POLICIES[table.hit]
    told = list(range(len(fits)))
    if policy in (_any, _least_or_greatest):
        # The loader sees to it that each says all; whoever tries a book with an effect left out does not.
        told = [place for place in told if len(outputs(place)) == len(table.outputs)]
    some = [fits[place] for place in told]
    fires, none = (
        policy(table, algebra, some, lambda index: outputs(told[index])) if some else ([], algebra.lit(True, BOOL))
    )
    if len(told) < len(fits):
        by_place = dict(zip(told, fires, strict=True))
        fires = [by_place.get(place, algebra.lit(False, BOOL)) for place in range(len(fits))]
    return [*fires, none] if table.has_default else fires


_Answer = tuple[list[V], V]
"""Whether each row fires, and whether none fits."""


def _unique(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> _Answer[V]:
    zero, one = algebra.lit(0, COUNT), algebra.lit(1, COUNT)
    count = zero
    for fit in fits:
        count = algebra.add(count, algebra.if_(fit, one, zero))
    count = algebra.let(f"{table.id} hits", COUNT, count)
    once = algebra.let(f"{table.id} once", BOOL, algebra.cmp("==", count, one))
    return [algebra.and_([fit, once]) for fit in fits], algebra.cmp("==", count, zero)


def _first(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> _Answer[V]:
    fires, earlier = [fits[0]], fits[0]
    for index, fit in enumerate(fits[1:]):
        fires.append(algebra.and_([fit, algebra.not_(earlier)]))
        earlier = algebra.let(f"{table.id} by {index + 2}", BOOL, algebra.or_([earlier, fit]))
    return fires, algebra.not_(earlier)


def _all(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> _Answer[V]:
    return list(fits), algebra.not_(algebra.or_(list(fits)))


def _any(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> _Answer[V]:
    """The first that fits, unless another says something else: each is held against the first so far."""
    chosen, seen = [value for _, value in outputs(0)], fits[0]
    fires, differences = [fits[0]], []
    for index, fit in enumerate(fits[1:], start=1):
        own = outputs(index)
        other = algebra.or_([algebra.cmp("!=", value, mine) for (_, value), mine in zip(own, chosen, strict=True)])
        differences.append(algebra.and_([fit, seen, other]))
        fires.append(algebra.and_([fit, algebra.not_(seen)]))
        chosen = [
            algebra.let(f"{table.id} output {place} by {index}", node.type, algebra.if_(seen, mine, value))
            for place, ((node, value), mine) in enumerate(zip(own, chosen, strict=True))
        ]
        seen = algebra.let(f"{table.id} by {index}", BOOL, algebra.or_([seen, fit]))
    if not differences:
        return fires, algebra.not_(seen)
    agreed = algebra.let(f"{table.id} agrees", BOOL, algebra.not_(algebra.or_(differences)))
    return [algebra.and_([fire, agreed]) for fire in fires], algebra.not_(seen)


def _least_or_greatest(table: BoundTable, algebra: Algebra[V], fits: Sequence[V], outputs: Outputs[V]) -> _Answer[V]:
    """The row whose output is the least or the greatest; of several, the first."""
    choose = algebra.min if table.aggregate == "min" else algebra.max
    values = [outputs(index)[0] for index in range(len(fits))]
    best, seen = values[0][1], fits[0]
    for index, fit in enumerate(fits[1:], start=1):
        node, value = values[index]
        better = algebra.if_(seen, choose(best, value), value)
        best = algebra.let(f"{table.id} best by {index}", node.type, algebra.if_(fit, better, best))
        seen = algebra.let(f"{table.id} by {index}", BOOL, algebra.or_([seen, fit]))
    matched = [
        algebra.let(f"{table.id} best {index}", BOOL, algebra.and_([fit, algebra.cmp("==", value, best)]))
        for index, (fit, (_, value)) in enumerate(zip(fits, values, strict=True))
    ]
    return _first(table, algebra, matched, outputs)[0], algebra.not_(seen)


_POLICIES: dict[Hit, Callable[[BoundTable, Any, Sequence[Any], Outputs[Any]], _Answer[Any]]] = {
    Hit.UNIQUE: _unique,
    Hit.ANY: _any,
    Hit.FIRST: _first,
    Hit.PRIORITY: _first,
    Hit.COLLECT: _all,
    Hit.RULE_ORDER: _all,
}
