"""Where a box is cut in two, and whether a condition holds at one of its points. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt

from service.policy.analysis.graph import Term
from service.policy.analysis.narrowing import Cone, Narrowing
from service.policy.analysis.spans import SPAN, Spans

Half = tuple[int, int, int]
"""Position of a term, and the interval that it is narrowed to."""

WIDE = 16
_TRUTHS = frozenset({Term.NOT, Term.AND, Term.OR, Term.AT_MOST, Term.EQUAL, Term.MEMBER})


def halves(box: Narrowing) -> list[Half]:
    """At the undecided condition nearest to the root, else at the widest variable; empty where nothing matters."""
    kinds, terms = box.cone.graph.kinds, box.cone.terms
    widest = None
    for i in sorted(_relevant(box), reverse=True):
        if box.low[i] == box.high[i]:
            continue
        if kinds[terms[i]] in _TRUTHS:
            return [(i, 1, 1), (i, 0, 0)]
        if kinds[terms[i]] is Term.VARIABLE and (widest is None or _width(box, i) > _width(box, widest)):
            widest = i
    if widest is None:
        return []
    low, high = box.low[widest], box.high[widest]
    middle = between(low, high)
    return [(widest, low, middle), (widest, middle + 1, high)]


def between(low: int, high: int) -> int:
    """The middle, of wide intervals in the scale of orders of magnitude: what rules ask about lies at the small end."""
    return isqrt(max(low, 1) * high) if low >= 0 and high > WIDE * max(low, 1) else (low + high) // 2


def _width(box: Narrowing, i: int) -> int:
    return box.high[i] - box.low[i]


def _relevant(box: Narrowing) -> set[int]:
    """Terms that still have a say in the root: not those under a term that follows from the variables without them.

    That a term must be true settles nothing: its parts are still to be chosen so that it is.
    """
    spans = _spans(box)
    seen = {box.cone.root}
    waiting = [box.cone.root]
    for i in waiting:
        if spans[i][0] == spans[i][1]:
            continue
        for arg in _askers(box, i):
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)
    return seen


def _spans(box: Narrowing) -> Spans:
    """The intervals that follow from those of the variables alone."""
    graph = box.cone.graph
    spans: Spans = []
    for i, (term, args) in enumerate(zip(box.cone.terms, box.cone.args, strict=True)):
        if args:
            spans.append(SPAN[graph.kinds[term]](graph.data[term], [spans[a] for a in args]))
        else:
            spans.append((box.low[i], box.high[i]))
    return spans


def _askers(box: Narrowing, i: int) -> Iterator[int]:
    """The parts that matter: of an if whose condition is settled only one branch."""
    args = box.cone.args[i]
    if box.cone.graph.kinds[box.cone.terms[i]] is not Term.IF:
        yield from args
        return
    condition, then, otherwise = args
    yield condition
    if box.high[condition]:
        yield then
    if not box.low[condition]:
        yield otherwise


def true_at(cone: Cone, point: Mapping[int, int]) -> bool:
    """Whether the root holds where the variables have these values."""
    graph = cone.graph
    values: Spans = []
    for term, args in zip(cone.terms, cone.args, strict=True):
        kind, data = graph.kinds[term], graph.data[term]
        if args:
            values.append(SPAN[kind](data, [values[a] for a in args]))
            continue
        value = data if kind is Term.CONSTANT else point[data] if kind is Term.VARIABLE else point[data[0]] == data[1]
        values.append((int(value), int(value)))
    return values[cone.root] == (1, 1)
