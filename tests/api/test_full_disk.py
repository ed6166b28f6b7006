"""A disk that fills up while the service runs: no decision is given that isn't kept, and with room it goes on."""

from __future__ import annotations

import resource
import sqlite3
from pathlib import Path
from typing import Any

import httpx

from service.ledger import Ledger

from ..conftest import free_port
from .under_fire import Service, until

ROOM = 60_000
"""Bytes by which a file of the service may still grow: a few decisions."""


def test_a_full_disk_refuses_and_recovers(book: Path, root: Path, tmp_path: Path, body: dict[str, Any]) -> None:
    port, url = free_port(), f"sqlite:///{tmp_path}/ledger.db"
    service = Service(root, tmp_path / "log", port, DATABASE_URL=url, POLICY_BOOK=str(book), WORKERS="1")
    service.start()
    address, acknowledged = f"http://127.0.0.1:{port}", []

    def ask() -> httpx.Response:
        answer = httpx.post(f"{address}/evaluate", json=body, timeout=30)
        if answer.status_code == 200:
            acknowledged.append(answer.json()["decision_id"])
        return answer

    try:
        until(lambda: _ready(address))
        assert ask().status_code == 200
        (worker,) = service.workers()
        _limit(worker, (tmp_path / "ledger.db-wal").stat().st_size + ROOM)
        answers = [ask() for _ in range(40)]
        assert answers[0].status_code == 200
        refused = [answer for answer in answers if answer.status_code != 200]
        assert refused
        assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "ledger-unavailable")}
        batch = f"{httpx.Response(200, json=body).text}\n" * 40
        headers = {"Content-Type": "application/x-ndjson"}
        assert httpx.post(f"{address}/evaluate/batch", content=batch, headers=headers, timeout=30).status_code == 503
        _limit(worker, resource.RLIM_INFINITY)
        assert [ask().status_code for _ in range(3)] == [200] * 3
    finally:
        assert service.stop() == 0
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert sorted(id for (id,) in database.execute("SELECT id FROM decisions")) == sorted(acknowledged)
        assert database.execute("SELECT count(*) FROM log WHERE kind = 'decision'").fetchone() == (len(acknowledged),)
    ledger = Ledger(url)
    assert all(ledger.find(id) for id in acknowledged)
    ledger.close()


def _limit(pid: int, size: int) -> None:
    """A write past `size` fails in that process, as on a disk without room."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False
