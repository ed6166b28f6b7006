"""One commit for all who wait: one of them takes what has gathered, writes it in one transaction, and wakes the others.

While it commits, the next group gathers; so the more there is to do, the less each decision costs. Nobody is answered
before the commit that holds its decision. There is no thread for it that could end or be lost in a fork: whoever finds
no one committing leads, and hands on to the first who came meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakSet

from sqlalchemy.exc import DataError, IntegrityError

from service.carrying import carried, meet
from service.ledger.entries import Entry, KeyReused, Recorded
from service.ledger.errors import LedgerUnavailable
from service.ledger.ledger import Ledger

MOST_ENTRIES = 512
"""In one transaction; a single caller may bring more."""

LINGER_SECONDS = 0.005
"""How long a group may wait for those on their way. A commit costs as much as five decisions, so it pays."""

Results = tuple[Recorded | KeyReused, ...]


def _shut() -> Lock:
    """To wait at until another opens it: the cheapest way there is to wake one thread."""
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Waiting:
    """`results` and `away` both None when woken: the group failed for the sake of one, so each writes its own."""

    entries: Sequence[Entry]
    leads: bool = False
    woken: Lock = field(default_factory=_shut)
    results: Results | None = None
    away: LedgerUnavailable | None = None


class GroupCommit:
    """`record` as a ledger's, for many threads at once. As a context: a request that is on its way to it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._begin()
        _ALL.add(self)

    def __enter__(self) -> None:
        if carried():  # then it doesn't come to the queue, and nobody there need wait for it
            return
        with self._gathering:
            self._coming += 1

    def __exit__(self, *_: object) -> None:
        if carried():
            return
        with self._gathering:
            self._coming -= 1
            self._end_of_linger()

    def record(self, entries: Sequence[Entry]) -> Results:
        """Returns when all of them are committed. Raises what the ledger's does."""
        mine = _Waiting(entries)
        if carried():
            self._meet(mine)
        else:
            self._queue(mine)
        if mine.away is not None:
            raise LedgerUnavailable(mine.away.database, mine.away.reason) from mine.away
        return self._ledger.record(entries) if mine.results is None else mine.results

    def _meet(self, mine: _Waiting) -> None:
        """A commit for all that one thread carries together."""
        group = meet(self, mine)
        if group is not None:
            self._commit_or_leave(group)

    def _queue(self, mine: _Waiting) -> None:
        """A commit for all threads that wait."""
        with self._gathering:
            self._waiting.append(mine)
            mine.leads = not self._led
            self._led = True
            self._end_of_linger()
        if not mine.leads:
            mine.woken.acquire()
        if mine.leads:
            self._lead()

    def _begin(self) -> None:
        self._gathering = Lock()
        self._waiting: list[_Waiting] = []
        self._led = False
        self._coming = 0
        self._lingering: Lock | None = None

    def _lead(self) -> None:
        """Commits a group, the leader's own entries among it. Whatever happens, each of it is woken and the lead goes
        to another."""
        group = self._gathered()
        try:
            self._commit_or_leave(group)
        finally:
            with self._gathering:
                self._led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].leads = True
                    group.append(self._waiting[0])
            for each in group:
                each.woken.release()

    def _gathered(self) -> list[_Waiting]:
        with self._gathering:
            if self._coming > len(self._waiting) < MOST_ENTRIES:
                self._lingering = _shut()
            lingering = self._lingering
        if lingering is not None:
            lingering.acquire(timeout=LINGER_SECONDS)
        with self._gathering:
            self._lingering = None
            group = _group(self._waiting)
            del self._waiting[: len(group)]
        return group

    def _end_of_linger(self) -> None:
        """Once all who are on their way are here. `_gathering` is held."""
        if self._lingering is not None and self._coming <= len(self._waiting):
            self._lingering.release()
            self._lingering = None

    def _commit_or_leave(self, group: Sequence[_Waiting]) -> None:
        # Where one of them brought what the database refuses, the others must not suffer for it.
        with suppress(IntegrityError, DataError):
            self._commit(group)

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            results = self._ledger.record([entry for each in group for entry in each.entries])
        except LedgerUnavailable as away:
            for each in group:
                each.away = away
            return
        at = 0
        for each in group:
            each.results = results[at : at + len(each.entries)]
            at += len(each.entries)


def _group(waiting: Sequence[_Waiting]) -> list[_Waiting]:
    group: list[_Waiting] = []
    count = 0
    for each in waiting:
        count += len(each.entries)
        if group and count > MOST_ENTRIES:
            break
        group.append(each)
    return group


_ALL: WeakSet[GroupCommit] = WeakSet()


def _after_fork() -> None:
    """A child has none of those who waited."""
    for each in tuple(_ALL):
        each._begin()


os.register_at_fork(after_in_child=_after_fork)
