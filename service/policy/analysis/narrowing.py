"""Intervals of all terms that a condition is made of, narrowed by one another until nothing moves.

What is cut off can't be: no point of the box is lost that fits the terms. Knows no rules and no search order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.policy.analysis.graph import Graph, Term
from service.policy.analysis.spans import SPAN

PATIENCE = 12
"""Times that each term is looked at, on average, before a slow narrowing is left as it is."""


class Contradiction(Exception):
    """No value is left for some term: the box is empty."""


@dataclass(frozen=True, slots=True)
class Cone:
    """A term and all that it is made of, each before those made of it, by position.

    `parents`: what is made of a term; the members of one enum are parents of one another. `places`: of a variable
    that is no enum, by its index. `twins`: of `a <= b` the term `b <= a`, one of which is always true.
    """

    graph: Graph
    root: int
    terms: tuple[int, ...]
    args: tuple[tuple[int, ...], ...]
    parents: tuple[tuple[int, ...], ...]
    variables: tuple[int, ...]
    places: Mapping[int, int]
    twins: Mapping[int, int]


def cone(graph: Graph, root: int) -> Cone:
    seen = {root}
    waiting = [root]
    for term in waiting:
        fresh = [arg for arg in graph.args[term] if arg not in seen]
        seen.update(fresh)
        waiting += fresh
    terms = sorted(seen)
    at = {term: i for i, term in enumerate(terms)}
    args = tuple([tuple([at[arg] for arg in graph.args[term]]) for term in terms])
    parents: list[list[int]] = [[] for _ in terms]
    for i, below in enumerate(args):
        for arg in below:
            parents[arg].append(i)
    places: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    orders: dict[tuple[int, ...], int] = {}
    for i, term in enumerate(terms):
        if graph.kinds[term] is Term.VARIABLE:
            places[graph.data[term]] = i
        elif graph.kinds[term] is Term.MEMBER:
            members.setdefault(graph.data[term][0], []).append(i)
        elif graph.kinds[term] is Term.AT_MOST:
            orders[args[i]] = i
    for siblings in members.values():
        for i in siblings:
            parents[i] += [other for other in siblings if other != i]
    variables = tuple(sorted([*places, *members]))
    twins = {i: orders[b, a] for (a, b), i in orders.items() if (b, a) in orders}
    return Cone(graph, at[root], tuple(terms), args, tuple(map(tuple, parents)), variables, places, twins)


@dataclass(slots=True)
class Narrowing:
    """A box: an interval for each term of the cone, a mask of members for each enum."""

    cone: Cone
    low: list[int]
    high: list[int]
    masks: dict[int, int]
    steps: int = 0
    _waiting: deque[int] = field(default_factory=deque)
    _queued: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, whole: Cone) -> Narrowing:
        graph = whole.graph
        masks = {v: graph.variables[v].whole for v in whole.variables if v not in whole.places}
        return cls(whole, [graph.low[t] for t in whole.terms], [graph.high[t] for t in whole.terms], masks)

    def copy(self) -> Narrowing:
        return Narrowing(self.cone, self.low.copy(), self.high.copy(), self.masks.copy())

    def values(self, variable: int) -> tuple[int, int] | list[int]:
        """The interval of a variable, or the members left of an enum."""
        place = self.cone.places.get(variable)
        if place is not None:
            return self.low[place], self.high[place]
        mask = self.masks[variable]
        return [i for i in range(mask.bit_length()) if mask >> i & 1]

    def narrow(self, place: int, low: int, high: int) -> None:
        """Raises Contradiction."""
        self.put(place, low, high)
        left = PATIENCE * len(self.cone.terms)
        waiting, graph, lows, highs = self._waiting, self.cone.graph, self.low, self.high
        while waiting and left:
            left -= 1
            self.steps += 1
            i = waiting.popleft()
            self._queued.discard(i)
            term, args = self.cone.terms[i], self.cone.args[i]
            kind = graph.kinds[term]
            if args:
                self.put(i, *SPAN[kind](graph.data[term], [(lows[a], highs[a]) for a in args]))
                _BACKWARDS[kind](self, i, args)
            elif kind is Term.MEMBER:
                _member(self, i)
        waiting.clear()
        self._queued.clear()

    def put(self, i: int, low: int, high: int) -> None:
        """What the term's interval is at most."""
        old_low, old_high = self.low[i], self.high[i]
        low, high = max(low, old_low), min(high, old_high)
        if low > high:
            raise Contradiction
        if low != old_low or high != old_high:
            self.low[i], self.high[i] = low, high
            for one in (i, *self.cone.parents[i]):
                if one not in self._queued:
                    self._queued.add(one)
                    self._waiting.append(one)

    def fixed(self, i: int) -> bool:
        return self.low[i] == self.high[i]


def _member(box: Narrowing, i: int) -> None:
    variable, member = box.cone.graph.data[box.cone.terms[i]]
    mask, bit = box.masks[variable], 1 << member
    if box.fixed(i):
        mask &= bit if box.low[i] else ~bit
        if not mask:
            raise Contradiction
        box.masks[variable] = mask
    box.put(i, int(mask == bit), int(mask & bit != 0))


def _not(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    (a,) = args
    box.put(a, 1 - box.high[i], 1 - box.low[i])


def _and(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    low, high = box.low, box.high
    if low[i]:
        for a in args:
            box.put(a, 1, 1)
    elif not high[i]:
        undecided = [a for a in args if not low[a]]
        if len(undecided) == 1:
            box.put(undecided[0], 0, 0)


def _or(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    low, high = box.low, box.high
    if not high[i]:
        for a in args:
            box.put(a, 0, 0)
    elif low[i]:
        undecided = [a for a in args if high[a]]
        if len(undecided) == 1:
            box.put(undecided[0], 1, 1)


def _at_most(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    if box.low[i]:
        box.put(a, box.low[a], box.high[b])
        box.put(b, box.low[a], box.high[b])
    elif not box.high[i]:
        box.put(a, box.low[b] + 1, box.high[a])
        box.put(b, box.low[b], box.high[a] - 1)
        if i in box.cone.twins:
            box.put(box.cone.twins[i], 1, 1)


def _equal(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    if box.low[i]:
        box.put(a, box.low[b], box.high[b])
        box.put(b, box.low[a], box.high[a])
    elif not box.high[i]:
        for one, other in ((a, b), (b, a)):
            if box.fixed(other):
                value = box.low[other]
                box.put(one, box.low[one] + (box.low[one] == value), box.high[one] - (box.high[one] == value))


def _add(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    box.put(a, box.low[i] - box.high[b], box.high[i] - box.low[b])
    box.put(b, box.low[i] - box.high[a], box.high[i] - box.low[a])


def _subtract(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    box.put(a, box.low[i] + box.low[b], box.high[i] + box.high[b])
    box.put(b, box.low[a] - box.high[i], box.high[a] - box.low[i])


def _multiply(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    for one, other in ((a, b), (b, a)):
        low, high = box.low[other], box.high[other]
        if low > 0:
            # The quotients' ends, rounded into the interval.
            box.put(
                one, min(-(-box.low[i] // low), -(-box.low[i] // high)), max(box.high[i] // low, box.high[i] // high)
            )


def _divide(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    (a,) = args
    divisor, _ = box.cone.graph.data[box.cone.terms[i]]
    # Whatever the rounding, it moves by less than one whole divisor.
    box.put(a, (box.low[i] - 1) * divisor, (box.high[i] + 1) * divisor)


def _least(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    for one, other in ((a, b), (b, a)):
        box.put(one, box.low[i], box.high[i] if box.low[other] > box.high[i] else box.high[one])


def _most(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    a, b = args
    for one, other in ((a, b), (b, a)):
        box.put(one, box.low[i] if box.high[other] < box.low[i] else box.low[one], box.high[i])


def _if(box: Narrowing, i: int, args: tuple[int, ...]) -> None:
    condition, then, otherwise = args
    low, high = box.low, box.high
    for place, value in ((then, 1), (otherwise, 0)):
        if low[place] > high[i] or high[place] < low[i]:
            box.put(condition, 1 - value, 1 - value)
    if box.fixed(condition):
        live = then if low[condition] else otherwise
        box.put(live, low[i], high[i])


# What follows for the parts of a term from its own interval, and from one another's.
_BACKWARDS: dict[Term, Callable[[Narrowing, int, tuple[int, ...]], None]] = {
    Term.NOT: _not,
    Term.AND: _and,
    Term.OR: _or,
    Term.AT_MOST: _at_most,
    Term.EQUAL: _equal,
    Term.ADD: _add,
    Term.SUBTRACT: _subtract,
    Term.MULTIPLY: _multiply,
    Term.DIVIDE: _divide,
    Term.LEAST: _least,
    Term.MOST: _most,
    Term.IF: _if,
}
