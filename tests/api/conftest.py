"""A service on the tiny book with a ledger of its own, and how many decisions that ledger holds."""

from __future__ import annotations

import copy
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.ledger import migrate
from service.settings import Settings

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BODY = {
    "currency": "EUR",
    "received_at": "2026-03-02T09:30:00Z",
    "as_of": "2026-03-02",
    "client": {"id": "c-204", "name": "Ann"},
    "job": {
        "scope": "complete",
        "lines": [
            {"description": "Design", "cost": 40000, "fair_price": 100000},
            {"description": "Pages", "cost": 60000, "fair_price": 200000},
        ],
    },
}


@pytest.fixture
def body() -> dict[str, Any]:
    return copy.deepcopy(BODY)


@pytest.fixture
def book(tmp_path: Path, root: Path) -> Path:
    return Path(shutil.copytree(root / "tests" / "books" / "tiny", tmp_path / "book"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    migrate(f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path / "ledger.db"


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    return service(book, database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def recorded(database: Path) -> Callable[[], int]:
    """How many decisions the ledger holds."""

    def count() -> int:
        with sqlite3.connect(database) as connection:
            number: int = connection.execute("SELECT count(*) FROM decisions").fetchone()[0]
            return number

    return count


def service(book: Path, database: Path, now: Callable[[], datetime] = lambda: NOW, **changed: Any) -> Flask:
    chosen = {
        "max_body_bytes": 65_536,
        "rate_limit": "100000/minute",
        "policy_poll_seconds": 0,
        "seal_seconds": 0,
        **changed,
    }
    return create_app(Settings(database_url=f"sqlite:///{database}", policy_book=book, **chosen), now)
