"""Order and cycles of names that read one another. Pure graph work: the order of the input never shows."""

from __future__ import annotations

from collections.abc import Mapping, Set
from heapq import heapify, heappop, heappush

Reads = Mapping[str, Set[str]]
"""Name -> names that it reads; names that aren't keys are ignored."""


def ordered(reads: Reads) -> list[str]:
    """Each after all that it reads, smallest name first where there is a choice; those in or after a cycle left out."""
    waiting = {name: sum(one in reads for one in others) for name, others in reads.items()}
    readers: dict[str, list[str]] = {name: [] for name in reads}
    for name, others in reads.items():
        for other in others:
            if other in readers:
                readers[other].append(name)
    ready = [name for name, count in waiting.items() if not count]
    heapify(ready)
    result = []
    while ready:
        name = heappop(ready)
        result.append(name)
        for reader in readers[name]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, reader)
    return result


def cycles(reads: Reads) -> list[list[str]]:
    """One cycle for each knot of names, beginning with its smallest name."""
    left = {name: set(others) & reads.keys() for name, others in reads.items()}
    found = []
    while left := _knotted(left):
        cycle = _cycle(left)
        found.append(cycle)
        left = {name: others - set(cycle) for name, others in left.items() if name not in cycle}
    return found


def _knotted(reads: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without the names that are in no cycle because nothing they read, or nothing that reads them, is."""
    before = set(ordered(reads))
    left = {name: others - before for name, others in reads.items() if name not in before}
    backwards: dict[str, set[str]] = {name: set() for name in left}
    for name, others in left.items():
        for other in others:
            backwards[other].add(name)
    after = set(ordered(backwards))
    return {name: others - after for name, others in left.items() if name not in after}


def _cycle(reads: dict[str, set[str]]) -> list[str]:
    path: list[str] = []
    at: dict[str, int] = {}
    name = min(reads)
    while name not in at:
        at[name] = len(path)
        path.append(name)
        name = min(reads[name])
    cycle = path[at[name] :]
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]
