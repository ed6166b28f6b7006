"""Is there a request for which a term of a graph is true? Intervals narrowed by every term, then cases tried in turn.

Three answers: a point that shows it, none (proved), or unknown because the budget is spent. Deterministic; knows no
book and no rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from service.policy.analysis.graph import Graph
from service.policy.analysis.narrowing import Contradiction, Narrowing, cone
from service.policy.analysis.splitting import Half, between, halves, true_at


class Verdict(Enum):
    """`NONE` is proved; `UNKNOWN` proves nothing."""

    NONE = "none"
    UNKNOWN = "unknown"


Point = Mapping[int, int]
"""A value for each variable, by its index; of an enum the index of the member. Left out: any value does."""

BOXES = 400
"""Cases that are tried before the search gives up."""
POINTS = 4
"""Points that are looked at in each box."""
STEPS = 300_000
"""Terms that are narrowed before it does, over all cases."""


def find(graph: Graph, root: int, boxes: int = BOXES, steps: int = STEPS) -> tuple[Point | Verdict, int]:
    """A point where the term is true, and the steps that it took."""
    if graph.high[root] == 0:
        return Verdict.NONE, 0
    if graph.low[root] == 1:
        return {}, 0
    whole = cone(graph, root)
    start = Narrowing.of(whole)
    try:
        start.narrow(whole.root, 1, 1)
    except Contradiction:
        return Verdict.NONE, start.steps
    waiting = [start]
    spent = len(whole.terms)
    while waiting:
        box = waiting.pop()
        for point in _points(box):
            if true_at(whole, point):
                return point, spent
        # Asking for points and for the place to cut looks at every term some times.
        spent += box.steps + POINTS * len(whole.terms)
        boxes -= 1
        cut = halves(box)
        if boxes < 0 or spent > steps or not cut:
            return Verdict.UNKNOWN, spent
        waiting += _halves(box, cut)
    return Verdict.NONE, spent


def _points(box: Narrowing) -> Iterator[Point]:
    """A few points of a box: its corners, what lies between, and members in turn."""
    for turn in range(POINTS):
        point = {}
        for rank, variable in enumerate(box.cone.variables):
            values = box.values(variable)
            if isinstance(values, tuple):
                low, high = values
                point[variable] = (low, high, between(low, high), low if rank % 2 else high)[turn]
            else:
                point[variable] = values[turn % len(values)]
        yield point


def _halves(box: Narrowing, cut: list[Half]) -> Iterator[Narrowing]:
    """Those that aren't empty; the one to be looked at first comes last."""
    for place, low, high in reversed(cut):
        half = box.copy()
        try:
            half.narrow(place, low, high)
        except Contradiction:
            continue
        yield half
