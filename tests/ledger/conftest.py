"""Real databases for the ledger's tests: a SQLite file, and a database of one's own on a PostgreSQL server.

The server is QUOTEWRIGHT_TEST_POSTGRES or the local one. Without it these tests are skipped, under CI they fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from service.ledger import Entry, Ledger, migrate, new_decision_id

SERVER = os.environ.get("QUOTEWRIGHT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

EntryMaker = Callable[..., Entry]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    server = create_engine(url.set(database=url.database or "postgres"), isolation_level="AUTOCOMMIT")
    try:
        server.connect().close()
    except OperationalError as error:
        message = f"no PostgreSQL server at {url.render_as_string()} (set QUOTEWRIGHT_TEST_POSTGRES): {error.orig}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    yield server
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, one of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    server: Engine = request.getfixturevalue("postgres")
    name = f"quotewright_test_{uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


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


@pytest.fixture
def entry() -> EntryMaker:
    """Makes an entry; what a test doesn't name is the same in all but the id."""

    def made(**changed: object) -> Entry:
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
            "facts": b"{}",
            "answer": b'{"outcome":"quote"}',
        }
        return Entry(**{**fields, **changed})  # type: ignore[arg-type]

    return made


@pytest.fixture
def count(url: str) -> Callable[[], int]:
    """Rows in the table, read past the ledger."""

    def counted() -> int:
        engine = create_engine(make_url(url))
        with engine.connect() as connection:
            rows: int = connection.execute(text("SELECT count(*) FROM decisions")).scalar_one()
        engine.dispose()
        return rows

    return counted
