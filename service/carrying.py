"""Requests that one thread carries together: each runs up to where it waits for a commit, one of them commits for all,
then each goes on. Knows neither HTTP nor what is committed.

A thread for each request costs some twenty switches between threads a request, and after every switch the processor
fetches anew what it needs. Here one request follows another, and nothing changes hands but at `meet`: whatever holds a
lock or a transaction must have let go of it by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")

MOST_TOGETHER = 64
PATIENCE_SECONDS = 1.0
"""How long the requests carried together may take. Where one is held up longer (a database that doesn't answer), those
that haven't begun are given to threads, and so are all that come until it goes on."""


class _Carried(greenlet):
    """A request under way on a carrier's thread."""


def carried() -> bool:
    """Whether who asks is carried together with others, so that it may `meet` them."""
    return isinstance(getcurrent(), _Carried)


def meet(mine: T) -> Sequence[T] | None:
    """Returns when each request carried together has ended or waits here. To the first it gives what all brought, and
    that one acts for all; to the others None, once the first has gone on."""
    carrier = getcurrent().parent
    assert carrier is not None, "only where `carried`"
    met: Sequence[T] | None = carrier.switch(mine)
    return met


class _Asked:
    """Work that was submitted. `done` hands on what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._work = work
        self._result: Any = False

    def run(self) -> None:
        with suppress(SystemExit):  # the end of a request, not of the thread
            self._result = self._work()

    def done(self) -> None:
        self.future.set_result(self._result)

    def run_alone(self) -> None:
        self.run()
        self.done()


class Carrier(Executor):
    """One thread for the work that can be carried, and a pool of `threads` for all other. Work that ends in SystemExit
    results in False; it must let no other exception out.

    `carries`: whether work on these arguments runs to its end without waiting for anyone but at `meet`.
    """

    def __init__(self, threads: int, carries: Callable[..., bool]) -> None:
        self._beside = ThreadPoolExecutor(threads)
        self._carries = carries
        self._waiting: SimpleQueue[_Asked | None] = SimpleQueue()
        self._begun: float | None = None
        Thread(target=self._carry, name="carrier", daemon=True).start()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        if self._held_up() or not self._carries(*args, **named):
            return self._beside.submit(work, *args, **named)
        asked = _Asked(partial(work, *args, **named))
        self._waiting.put(asked)
        return asked.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._waiting.put(None)
        self._beside.shutdown(wait, cancel_futures=cancel_futures)

    def _held_up(self) -> bool:
        begun = self._begun
        return begun is not None and perf_counter() - begun > PATIENCE_SECONDS

    def _carry(self) -> None:
        while (first := self._waiting.get()) is not None:
            asked = [first]
            with suppress(Empty):
                while len(asked) < MOST_TOGETHER and (one := self._waiting.get_nowait()) is not None:
                    asked.append(one)
            self._begun = perf_counter()
            self._round(asked)
            self._begun = None

    def _round(self, asked: Sequence[_Asked]) -> None:
        under_way: list[tuple[_Carried, Any]] = []
        ended: list[_Asked] = []

        def resume(request: _Carried, *given: Any) -> None:
            brought = request.switch(*given)
            if not request.dead:
                under_way.append((request, brought))

        for one in asked:
            if self._held_up():
                self._beside.submit(one.run_alone)
                continue
            ended.append(one)
            resume(_Carried(one.run))
        while under_way:
            met, under_way = under_way, []
            brought: Sequence[Any] | None = [value for _, value in met]
            for request, _ in met:
                resume(request, brought)
                brought = None
        for one in ended:
            one.done()
