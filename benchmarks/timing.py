"""How long one call takes, and what share of calls takes longer. Wall clock, one thread."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Spread:
    """Microseconds a call; `calls` were measured."""

    p50: float
    p99: float
    mean: float
    calls: int

    def plain(self) -> dict[str, float]:
        return {name: round(value, 2) for name, value in asdict(self).items()}


def spread(nanoseconds: Sequence[int]) -> Spread:
    ordered = sorted(nanoseconds)
    count = len(ordered)
    return Spread(
        p50=ordered[count // 2] / 1000,
        p99=ordered[min(count - 1, count * 99 // 100)] / 1000,
        mean=sum(ordered) / count / 1000,
        calls=count,
    )


def measured(call: Callable[[A], object], arguments: Sequence[A], seconds: float, calls: int = 20_000) -> Spread:
    """Calls in turn with each argument, for at most so many seconds and calls, after a warm-up over all of them."""
    for argument in arguments:
        call(argument)
    gc.collect()
    taken: list[int] = []
    clock = time.perf_counter_ns
    latest = clock() + int(seconds * 1e9)
    while len(taken) < calls and clock() < latest:
        for argument in arguments:
            start = clock()
            call(argument)
            taken.append(clock() - start)
    return spread(taken)
