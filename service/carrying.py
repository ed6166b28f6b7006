"""Requests that one thread carries together: each runs up to where it waits for a commit, one of them commits for all,
then each goes on. Knows neither HTTP nor what is committed.

A thread for each request costs some twenty switches between threads a request, and after every switch the processor
fetches anew what it needs. Here one request follows another, and nothing changes hands but at `meet`: whatever holds a
lock or a transaction must have let go of it by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")
Work = Callable[[], Any]

_Waiting = tuple["_Carried", object, Any]
"""What waits, what it waits at, and what it brings."""

PATIENCE_SECONDS = 1.0
"""How long what is carried together may take before no more of it is begun."""


class _Carried(greenlet):
    """Carries one piece of work after another: a new greenlet for each would take memory of the system and give it
    back."""

    ended = False
    result: Any = None

    def run(self, work: Work) -> None:
        while True:
            self.result = None
            with suppress(SystemExit):  # the end of a request, not of the thread
                self.result = work()
            self.ended = True
            assert self.parent is not None
            work = self.parent.switch()
            self.ended = False


def carried() -> bool:
    """Whether who asks is carried together with others, so that it may `meet` them."""
    return isinstance(getcurrent(), _Carried)


def meet(at: object, mine: T) -> Sequence[T] | None:
    """Returns when all that is carried together has ended or waits. To the first that waits `at` this it gives what all
    of them brought, and that one acts for all; to the others None, once the first has gone on."""
    carrier = getcurrent().parent
    assert carrier is not None, "only where `carried`"
    met: Sequence[T] | None = carrier.switch((at, mine))
    return met


def in_step() -> None:
    """Waits for what else is carried, so that all take the next step one after another: its code and data are in the
    processor's caches then for all but the first. Of a decision that is a quarter of its time."""
    if carried():
        meet(in_step, None)


class Together:
    """Carries work on the thread that calls it, always the same one."""

    def __init__(self) -> None:
        self._idle: list[_Carried] = []

    def run(self, works: Sequence[Work]) -> list[Any]:
        """What each came to; None for one that ended in SystemExit, and it must let no other exception out.

        Fewer results than works where one of them was held up, by a database that doesn't answer, say: then the others
        weren't begun, and had better wait elsewhere.
        """
        begun, until = [], perf_counter() + PATIENCE_SECONDS
        under_way: list[_Waiting] = []
        for work in works:
            if perf_counter() > until:
                break
            carrying = self._idle.pop() if self._idle else _Carried()
            begun.append(carrying)
            waits = carrying.switch(work)
            if not carrying.ended:
                under_way.append((carrying, *waits))
        while under_way:
            under_way = _met(under_way)
        self._idle += begun
        return [carrying.result for carrying in begun]


def _met(waiting: Sequence[_Waiting]) -> list[_Waiting]:
    """Those that wait once more after they met."""
    brought: dict[object, list[Any]] = {}
    for _, at, mine in waiting:
        brought.setdefault(at, []).append(mine)
    again = []
    for carrying, at, _ in waiting:
        waits = carrying.switch(brought.pop(at, None))
        if not carrying.ended:
            again.append((carrying, *waits))
    return again
