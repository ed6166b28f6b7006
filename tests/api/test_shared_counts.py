"""The table of counts that workers share: windows, many keys, many threads and processes."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from service.api import rate
from service.api.rate import SharedCounts


def test_counts_lapse_with_their_window(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("service.api.rate.time.time", lambda: clock[0])
    counts = SharedCounts("shared-counts://")
    assert [counts.incr("a", 60), counts.incr("a", 60), counts.incr("b", 60)] == [1, 2, 1]
    assert (counts.get("a"), counts.get_expiry("a"), counts.get("c")) == (2, 1060.0, 0)
    clock[0] = 1060.0
    assert counts.get("a") == 0
    assert counts.incr("a", 60) == 1
    counts.clear("a")
    assert counts.get("a") == 0
    counts.incr("b", 60)
    counts.reset()
    assert counts.get("b") == 0


def test_more_keys_than_slots_still_count() -> None:
    counts = SharedCounts("shared-counts://")
    for number in range(3 * rate.SLOTS):
        assert counts.incr(f"caller {number}", 60) >= 1


def test_threads_and_processes_count_together(tmp_path: Path) -> None:
    rate.prepare(tmp_path / "rates")
    counts = SharedCounts(f"shared-counts://{tmp_path / 'rates'}")
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            own = SharedCounts(f"shared-counts://{tmp_path / 'rates'}")
            for _ in range(500):
                own.incr("a", 600)
            os._exit(0)
        children.append(child)

    def many() -> None:
        for _ in range(500):
            counts.incr("a", 600)

    threads = [threading.Thread(target=many) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for child in children:
        os.waitpid(child, 0)
    assert counts.get("a") == 3_000
