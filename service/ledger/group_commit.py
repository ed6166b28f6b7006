"""One commit for all who wait: a thread takes what has gathered, writes it in one transaction, and wakes them.

While it commits, the next group gathers; so the more there is to do, the less each decision costs. Nobody is answered
before the commit that holds its decision.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakSet

from sqlalchemy.exc import DataError, IntegrityError

from service.ledger.entries import Entry, KeyReused, Recorded
from service.ledger.errors import LedgerUnavailable
from service.ledger.ledger import Ledger

MOST_ENTRIES = 512
"""In one transaction; a single caller may bring more."""

Fault = LedgerUnavailable | IntegrityError | DataError
Results = tuple[Recorded | KeyReused, ...]


@dataclass(slots=True)
class _Waiting:
    entries: Sequence[Entry]
    done: threading.Event = field(default_factory=threading.Event)
    results: Results = ()
    fault: BaseException | None = None


class GroupCommit:
    """`record` as a ledger's, for many threads at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._begin()
        _ALL.add(self)

    def record(self, entries: Sequence[Entry]) -> Results:
        """Returns when all of them are committed. Raises what the ledger's does."""
        mine = _Waiting(entries)
        with self._gathering:
            self._waiting.append(mine)
            if self._thread is None:
                self._start()
            self._gathering.notify()
        mine.done.wait()
        if mine.fault is not None:
            raise mine.fault
        return mine.results

    def _begin(self) -> None:
        self._gathering = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._thread: threading.Thread | None = None

    def _start(self) -> None:
        """`_gathering` is held."""
        self._thread = threading.Thread(target=self._committing, name="ledger-writer", daemon=True)
        self._thread.start()

    def _committing(self) -> None:
        try:
            while True:
                with self._gathering:
                    while not self._waiting:
                        self._gathering.wait()
                    group = _group(self._waiting)
                    del self._waiting[: len(group)]
                self._commit(group)
        finally:
            # Only a fault that nobody foresaw ends it, and its group was told. Those who wait get another thread.
            with self._gathering:
                self._thread = None
                if self._waiting:
                    self._start()

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            results = self._ledger.record([entry for each in group for entry in each.entries])
        except (IntegrityError, DataError) as fault:
            if len(group) == 1:
                _give(group, fault)
            else:
                # One of them brought what the database refuses: the others must not suffer for it.
                for each in group:
                    self._commit([each])
        except BaseException as fault:
            _give(group, fault)
            if not isinstance(fault, LedgerUnavailable):
                raise
        else:
            at = 0
            for each in group:
                each.results = results[at : at + len(each.entries)]
                at += len(each.entries)
                each.done.set()


def _group(waiting: Sequence[_Waiting]) -> list[_Waiting]:
    group: list[_Waiting] = []
    count = 0
    for each in waiting:
        count += len(each.entries)
        if group and count > MOST_ENTRIES:
            break
        group.append(each)
    return group


def _give(group: Sequence[_Waiting], fault: BaseException) -> None:
    for each in group:
        each.fault = fault
        each.done.set()


_ALL: WeakSet[GroupCommit] = WeakSet()


def _after_fork() -> None:
    """A child has neither the thread nor those whom it served."""
    for each in tuple(_ALL):
        each._begin()


os.register_at_fork(after_in_child=_after_fork)
