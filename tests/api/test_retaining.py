"""The service drops by itself what is older than RETENTION_DAYS says."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api.retaining import Retaining
from service.ledger import Database
from service.ledger.retention import Retention

from .conftest import NOW, service


def test_once_a_day(client: FlaskClient, database: Path, body: dict[str, Any]) -> None:
    moments = [NOW + timedelta(days=days, hours=hours) for days, hours in ((29, 0), (31, 0), (31, 5), (32, 0))]
    asked: list[int] = []

    class Counted(Retention):
        def drop(self, *given: Any) -> int:
            asked.append(super().drop(*given))
            return asked[-1]

    at = f"/decisions/{client.post('/evaluate', json=body).json['decision_id']}"
    retaining = Retaining(Counted(Database(f"sqlite:///{database}")), 30, lambda: moments.pop(0))
    retaining.look()
    assert client.get(at).status_code == 200
    retaining.look()
    gone = client.get(at)
    assert (gone.status_code, gone.json["code"]) == (410, "erased")
    assert "its time is over" in gone.json["detail"]
    retaining.look()
    retaining.look()
    assert asked == [0, 1, 0]


def test_a_ledger_that_is_away_is_tried_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], client: FlaskClient
) -> None:
    retaining = Retaining(Retention(Database(f"sqlite:///{tmp_path}/none.db")), 30, lambda: NOW)
    retaining.look()
    retaining.look()
    assert capfd.readouterr().err.count("retention waits for the ledger") == 2


def test_the_service_does_it(book: Path, database: Path, body: dict[str, Any]) -> None:
    client = service(book, database).test_client()
    at = f"/decisions/{client.post('/evaluate', json=body).json['decision_id']}"
    service(book, database, now=lambda: NOW + timedelta(days=40), retention_days=30)
    _until(lambda: client.get(at).status_code == 410)


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")
