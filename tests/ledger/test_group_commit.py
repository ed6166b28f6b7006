"""One commit for many threads: nobody hangs, nobody suffers for another, and nobody is told before the commit."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from service.carrying import Together
from service.ledger import Entry, KeyReused, Ledger, LedgerUnavailable, Recorded
from service.ledger.group_commit import MOST_ENTRIES, GroupCommit
from tests.ledger.conftest import EntryMaker

ROOT = Path(__file__).parent.parent.parent
Record = Callable[[Sequence[Entry]], Any]


class Gated:
    """A ledger whose first commit waits until `gate` opens, so that what comes meanwhile gathers into one group."""

    def __init__(self, record: Record) -> None:
        self.gate, self.entered = threading.Event(), threading.Event()
        self.groups: list[int] = []
        self._record = record

    def record(self, entries: Sequence[Entry]) -> Any:
        self.groups.append(len(entries))
        if len(self.groups) == 1:
            self.entered.set()
            assert self.gate.wait(30)
        return self._record(entries)


def told(commits: GroupCommit, gated: Gated, batches: Sequence[Sequence[Entry]]) -> list[Any]:
    """What each batch's thread was told: the first alone in its commit, the others gathered behind it."""

    def asked(batch: Sequence[Entry]) -> Any:
        try:
            return commits.record(batch)
        except (IntegrityError, LedgerUnavailable, KeyError) as fault:
            return fault

    with ThreadPoolExecutor(len(batches)) as threads:
        first = threads.submit(asked, batches[0])
        assert gated.entered.wait(30)
        others = [threads.submit(asked, batch) for batch in batches[1:]]
        while len(commits._waiting) < len(others):
            pass
        gated.gate.set()
        return [done.result(30) for done in (first, *others)]


def test_what_gathers_is_one_commit(ledger: Ledger, entry: EntryMaker, count: Callable[[], int]) -> None:
    gated = Gated(ledger.record)
    batches = [[entry()], [entry()], [entry(), entry()], [entry()]]
    results = told(GroupCommit(gated), gated, batches)  # type: ignore[arg-type]
    assert gated.groups == [1, 4]
    assert [[one.decision_id for one in result] for result in results] == [[e.id for e in batch] for batch in batches]
    assert count() == 5


def test_one_key_in_a_group_is_decided_once(ledger: Ledger, entry: EntryMaker, count: Callable[[], int]) -> None:
    gated = Gated(ledger.record)
    same = [[entry(idempotency_key="k")] for _ in range(5)]
    results = told(GroupCommit(gated), gated, [[entry()], *same, [entry(idempotency_key="k", request_digest="other")]])  # type: ignore[arg-type]
    (made,) = (one for (one,) in results[1:-1] if not one.replayed)
    assert [one.decision_id for (one,) in results[1:-1]] == [made.decision_id] * 5
    assert results[-1] == (KeyReused("shop", "k", made.decision_id),)
    assert count() == 2


def test_what_the_database_refuses_harms_no_other(ledger: Ledger, entry: EntryMaker, count: Callable[[], int]) -> None:
    gated = Gated(ledger.record)
    known = entry()
    results = told(GroupCommit(gated), gated, [[known], [entry()], [entry(id=known.id)], [entry(), entry()]])  # type: ignore[arg-type]
    assert [type(result) for result in results] == [tuple, tuple, IntegrityError, tuple]
    assert count() == 4


def test_a_fault_that_nobody_foresaw_hangs_nobody(ledger: Ledger, entry: EntryMaker) -> None:
    def record(entries: Sequence[Entry]) -> Any:
        if any(one.client_id == "poison" for one in entries):
            raise KeyError("secret")
        return ledger.record(entries)

    gated = Gated(record)
    commits = GroupCommit(gated)  # type: ignore[arg-type]
    results = told(commits, gated, [[entry()], [entry(client_id="poison")], [entry()], [entry()]])
    assert [type(result) for result in results] == [tuple, KeyError, tuple, tuple]
    assert isinstance(commits.record([entry()])[0], Recorded)


def test_a_fault_in_the_first_commit_leaves_the_next_to_others(entry: EntryMaker) -> None:
    def record(entries: Sequence[Entry]) -> Any:
        if entries[0].client_id == "poison":
            raise KeyError
        return tuple(entries)

    gated = Gated(record)
    batches = [[entry(client_id="poison")], [entry()], [entry()]]
    results = told(GroupCommit(gated), gated, batches)  # type: ignore[arg-type]
    assert isinstance(results[0], KeyError)
    assert results[1:] == [tuple(batch) for batch in batches[1:]]


def test_a_ledger_that_is_away_is_told_to_all(entry: EntryMaker) -> None:
    def record(_: Sequence[Entry]) -> Any:
        raise LedgerUnavailable("sqlite:///x", "disk full")

    gated = Gated(record)
    results = told(GroupCommit(gated), gated, [[entry()] for _ in range(4)])  # type: ignore[arg-type]
    assert [str(result) for result in results] == [str(LedgerUnavailable("sqlite:///x", "disk full"))] * 4
    assert len(set(map(id, results))) == 4, "an exception raised in several threads would gather all their frames"
    assert gated.groups == [1, 3]


def test_a_group_has_a_limit_and_a_batch_is_never_split(entry: EntryMaker) -> None:
    gated = Gated(tuple)
    large = [[entry() for _ in range(300)] for _ in range(3)]
    told(GroupCommit(gated), gated, [[entry()], *large, [entry() for _ in range(MOST_ENTRIES + 1)]])  # type: ignore[arg-type]
    assert sorted(gated.groups) == [1, 300, 300, 300, MOST_ENTRIES + 1]


def test_a_commit_waits_for_those_on_their_way(entry: EntryMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.ledger.group_commit.LINGER_SECONDS", 30)
    gated = Gated(tuple)
    gated.gate.set()
    commits = GroupCommit(gated)  # type: ignore[arg-type]
    both_under_way = threading.Barrier(3)

    def ask() -> None:
        with commits:
            both_under_way.wait(30)
            commits.record([entry()])

    def turn_back() -> None:
        with commits:
            both_under_way.wait(30)

    threads = [threading.Thread(target=one) for one in (ask, ask, turn_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert gated.groups == [2]


def test_a_child_commits_by_itself(ledger: Ledger, url: str, count: Callable[[], int]) -> None:
    """Even one that was forked in the middle of its parent's commit. Both are processes of their own: here other tests'
    threads run, and whatever lock one of them holds would stay shut in a child."""
    command = [sys.executable, "-m", "tests.ledger.forked", url]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert count() == 2


def carried_told(ledger: Any, batches: Sequence[Sequence[Entry]]) -> list[Any]:
    """What each of those was told that one thread carries together."""
    commits = GroupCommit(ledger)

    def asked(batch: Sequence[Entry]) -> Any:
        try:
            return commits.record(batch)
        except (IntegrityError, LedgerUnavailable, KeyError) as fault:
            return fault

    return Together().run([partial(asked, batch) for batch in batches])


def test_what_is_carried_together_is_one_commit(ledger: Ledger, entry: EntryMaker, count: Callable[[], int]) -> None:
    gated = Gated(ledger.record)
    gated.gate.set()
    batches = [[entry()], [entry(), entry()], [entry()]]
    results = carried_told(gated, batches)
    assert gated.groups == [4]
    assert [[one.decision_id for one in each] for each in results] == [[one.id for one in batch] for batch in batches]
    assert count() == 4


def test_of_those_carried_only_the_one_that_the_database_refuses_fails(
    ledger: Ledger, entry: EntryMaker, count: Callable[[], int]
) -> None:
    first, twin, last = entry(), entry(), entry()
    ledger.record([first])
    results = carried_told(ledger, [[replace(twin, id=first.id)], [twin], [last]])
    assert isinstance(results[0], IntegrityError)
    assert [results[1][0].decision_id, results[2][0].decision_id] == [twin.id, last.id]
    assert count() == 3


def test_while_the_database_is_away_each_that_is_carried_is_told(entry: EntryMaker, tmp_path: Path) -> None:
    results = carried_told(Ledger(f"sqlite:///{tmp_path}/nowhere.db"), [[entry()], [entry()]])
    assert [type(result) for result in results] == [LedgerUnavailable, LedgerUnavailable]


def test_a_fault_in_the_common_commit_reaches_one_and_the_others_write_their_own(
    ledger: Ledger, entry: EntryMaker, count: Callable[[], int]
) -> None:
    class Faulty:
        def record(self, entries: Sequence[Entry]) -> Any:
            if len(entries) > 1:
                raise KeyError
            return ledger.record(entries)

    results = carried_told(Faulty(), [[entry()], [entry()], [entry()]])
    assert [type(result) for result in results] == [KeyError, tuple, tuple]
    assert count() == 2
