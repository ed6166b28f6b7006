"""Boxes against boxes: which meet, and what they leave uncovered. Pure geometry over integers; knows no tables.

Sets of boxes are bits of an integer, so that thousands are met at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.policy.analysis.columns import Box, Segments, met

BLOCK = 128
WORK = 1_500_000
"""Boxes that are looked at, over all cuts, before a search for what is uncovered gives up: some five seconds."""


class TooMuch(Exception):
    """The boxes cut one another into more pieces than the budget allows."""


@dataclass(slots=True)
class Budget:
    left: int = WORK

    def spend(self, work: int) -> None:
        """Raises TooMuch."""
        self.left -= work
        if self.left < 0:
            raise TooMuch


class _Side:
    """One column of many boxes, cut where a box begins or ends: which boxes are there at a value, and begin where."""

    def __init__(self, boxes: Sequence[Box], column: int) -> None:
        events: dict[int, int] = {}
        starts: dict[int, int] = {}
        self.free = 0
        for i, box in enumerate(boxes):
            bit = 1 << i
            if column not in box:
                self.free |= bit
                continue
            for low, high in box[column]:
                events[low] = events.get(low, 0) ^ bit
                events[high + 1] = events.get(high + 1, 0) ^ bit
                starts[low] = starts.get(low, 0) | bit
        self.cuts = sorted(events)
        self.active: list[int] = []
        here = self.free
        for cut in self.cuts:
            here ^= events[cut]
            self.active.append(here)
        self._starts = sorted(starts)
        self._starting = [starts[cut] for cut in self._starts]
        self._blocks = [_union(self._starting[i : i + BLOCK]) for i in range(0, len(self._starting), BLOCK)]

    def at(self, value: int) -> int:
        """The boxes that hold a value."""
        i = bisect_right(self.cuts, value)
        return self.active[i - 1] if i else self.free

    def meeting(self, allowed: Segments) -> int:
        """The boxes that have a value with the segments in common."""
        result = self.free
        for low, high in allowed:
            result |= self.at(low) | self._beginning(bisect_right(self._starts, low), bisect_right(self._starts, high))
        return result

    def _beginning(self, first: int, last: int) -> int:
        a, b = -(-first // BLOCK), last // BLOCK
        if a >= b:
            return _union(self._starting[first:last])
        ends = self._starting[first : a * BLOCK] + self._starting[b * BLOCK : last]
        return _union(ends) | _union(self._blocks[a:b])


def _union(masks: Sequence[int]) -> int:
    result = 0
    for mask in masks:
        result |= mask
    return result


def members(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


class Crowd:
    """Many boxes over some columns."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self._sides = {column: _Side(boxes, column) for column in sorted({c for box in boxes for c in box})}

    def earlier(self) -> Iterator[int]:
        """For each box the earlier ones that it meets."""
        everything = (1 << len(self.boxes)) - 1
        meeting: dict[tuple[int, Segments], int] = {}
        for i, box in enumerate(self.boxes):
            mask = (1 << i) - 1 if all(box.values()) else 0
            for column, allowed in box.items():
                found = meeting.get((column, allowed))
                if found is None:
                    found = meeting[column, allowed] = everything & self._sides[column].meeting(allowed)
                mask &= found
            yield mask

    def holding(self, point: Mapping[int, int]) -> int:
        """The boxes around a point, of which every column is given."""
        mask = (1 << len(self.boxes)) - 1
        for column, side in self._sides.items():
            mask &= side.at(point[column])
        return mask


def overlap(a: Box, b: Box) -> dict[int, Segments]:
    return {c: met(a[c], b[c]) if c in a and c in b else a.get(c) or b[c] for c in sorted({*a, *b})}


def uncovered(boxes: Sequence[Box], space: Mapping[int, Segments], budget: Budget) -> Iterator[dict[int, Segments]]:
    """The parts of the space that no box covers, one after another; a column left out is free.

    `space`: every column that a box restricts. Raises TooMuch.
    """
    yield from _Cutting(boxes, space, budget).open_parts(0, (1 << len(boxes)) - 1, {})


class _Cutting:
    """The space cut column by column; boxes that meet at the same cells are looked at once."""

    def __init__(self, boxes: Sequence[Box], space: Mapping[int, Segments], budget: Budget) -> None:
        self.boxes, self.space, self.budget = boxes, space, budget
        self.columns = sorted(space)
        self.covered: set[tuple[int, int]] = set()
        budget.spend(len(boxes))
        depths = {column: depth for depth, column in enumerate(self.columns)}
        self.free_from = [0] * (len(self.columns) + 1)
        for i, box in enumerate(boxes):
            self.free_from[max((depths[column] + 1 for column in box), default=0)] |= 1 << i
        for depth in range(len(self.columns)):
            self.free_from[depth + 1] |= self.free_from[depth]

    def open_parts(self, depth: int, mask: int, cell: dict[int, Segments]) -> Iterator[dict[int, Segments]]:
        if not mask:
            yield dict(cell)
            return
        if mask & self.free_from[depth] or (depth, mask) in self.covered:
            return
        column = self.columns[depth]
        found = False
        for here, segment in self._cut(column, mask):
            if (depth + 1, here) in self.covered:
                continue
            cell[column] = (segment,)
            for part in self.open_parts(depth + 1, here, cell):
                found = True
                yield part
            del cell[column]
        if not found:
            self.covered.add((depth, mask))

    def _cut(self, column: int, mask: int) -> list[tuple[int, tuple[int, int]]]:
        """The column's pieces, each with the boxes that cover it."""
        events: dict[int, int] = {}
        free = work = 0
        for i in members(mask):
            work += 1
            bit = 1 << i
            box = self.boxes[i]
            if column not in box:
                free |= bit
                continue
            for low, high in box[column]:
                events[low] = events.get(low, 0) ^ bit
                events[high + 1] = events.get(high + 1, 0) ^ bit
        self.budget.spend(work + len(events))
        pieces = []
        for low, high in self.space[column]:
            events.setdefault(low, 0)
            events.setdefault(high + 1, 0)
        cuts = sorted(events)
        here, spans = free, iter(self.space[column])
        span = next(spans, None)
        for cut, end in pairwise(cuts):
            here ^= events[cut]
            while span and span[1] < cut:
                span = next(spans, None)
            if span and span[0] <= cut:
                pieces.append((here, (cut, end - 1)))
        return pieces
