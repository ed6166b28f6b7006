"""A ledger on each kind of database, and entries for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.ledger import Entry, Ledger, migrate, new_decision_id

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

EntryMaker = Callable[..., Entry]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def url(empty_url: str) -> str:
    migrate(empty_url)
    return empty_url


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url)
    ledger.remember_version("agency", "sha256:1", b"content", NOON)
    yield ledger
    ledger.close()


def an_entry(**changed: object) -> Entry:
    """What isn't named is the same in all but the id."""
    fields: dict[str, object] = {
        "id": new_decision_id(NOON),
        "recorded_at": NOON,
        "caller": "shop",
        "idempotency_key": None,
        "request_digest": "digest",
        "book": "agency",
        "version": "sha256:1",
        "as_of": date(2026, 3, 2),
        "outcome": "quote",
        "client_id": "c-1",
        "currency": "EUR",
        "target": 120_000,
        "request": b'{"a":1}',
        "rules": ("a", "b"),
        "facts": b"{}",
        "answer": b'{"outcome":"quote"}',
    }
    return Entry(**{**fields, **changed})  # type: ignore[arg-type]


@pytest.fixture
def entry() -> EntryMaker:
    return an_entry


@pytest.fixture
def count(url: str) -> Callable[[], int]:
    """Rows in the table, read past the ledger."""

    def counted() -> int:
        engine = create_engine(url)
        with engine.connect() as connection:
            rows: int = connection.execute(text("SELECT count(*) FROM decisions")).scalar_one()
        engine.dispose()
        return rows

    return counted
