"""How to reach the database: URL, connections, what each kind of database needs to keep its promises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.ledger.errors import LedgerUnavailable, LedgerUrlRefused

PATIENCE_SECONDS = 10
"""How long one statement waits for a lock, and one caller for a connection, before the ledger counts as away."""

POSTGRESQL_CONNECTIONS = 8
CACHE_KIB = 32_768
"""Of each SQLite connection. A client's decisions lie anywhere among millions: with the default of 2 MB each index page
that a commit touches is read again."""

CHECKPOINT_PAGES = 4_000
"""SQLite's default of 1,000 makes every few hundred decisions wait for a checkpoint."""


def database_url(text: str) -> URL:
    """The URL with its driver filled in; `postgres://` and `postgresql://` mean psycopg 3.

    Raises LedgerUrlRefused for other databases and for SQLite in memory, which would forget what it acknowledged.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise LedgerUrlRefused(repr(text), "write sqlite:///FILE or postgresql://USER@HOST/DATABASE") from error
    match url.drivername:
        case "postgres" | "postgresql" | "postgresql+psycopg":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" | "sqlite+pysqlite":
            if not url.database or url.database == ":memory:":
                raise LedgerUrlRefused(shown(url), "a ledger in memory is lost; name a file: sqlite:///ledger.db")
            return url.set(drivername="sqlite+pysqlite")
    raise LedgerUrlRefused(shown(url), "the ledger works with sqlite:/// and postgresql://")


def shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def connect(url: URL, patience: int = PATIENCE_SECONDS) -> Engine:
    """An engine for `url`; it opens no connection yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, patience)
    return _postgresql(url, patience)


def _sqlite(url: URL, patience: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # a fault's text must not hold what a client sent, or a digest
        # One connection: threads of a process queue for it in turn instead of polling SQLite's lock.
        pool_size=1,
        max_overflow=0,
        pool_timeout=patience,
        connect_args=_unless_in(url, timeout=patience),
    )

    @event.listens_for(engine, "do_connect")
    def must_exist(*_: object) -> None:
        # SQLite would make an empty file, and with it spoil the log of one that is only moved away.
        if _file_at(url) is None:
            raise LedgerUnavailable(shown(url), "its file is missing: put it back, or migrate to make a new one")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # else the driver begins by itself, deferred
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{CACHE_KIB}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _file_at(url)

    @event.listens_for(engine, "checkout")
    def still_there(_: Any, record: Any, __: object) -> None:
        # A file removed or replaced lives on for whoever has it open, and what is written there is lost. On this
        # fault the engine connects anew.
        if record.info["file"] != _file_at(url):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes is refused at once when another wrote in between.
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _file_at(url: URL) -> tuple[int, int] | None:
    """What tells one file from another of the same name; None where there is none."""
    try:
        found = os.stat(url.database or "")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _postgresql(url: URL, patience: int) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        # What a conflicting insert leaves out must be visible to the next statement.
        isolation_level="READ COMMITTED",
        pool_size=POSTGRESQL_CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,
        connect_args=_unless_in(
            url,
            connect_timeout=patience,
            tcp_user_timeout=patience * 1000,
            options=f"-c lock_timeout={patience}s -c synchronous_commit=on",
        ),
    )


def _unless_in(url: URL, **settings: object) -> dict[str, object]:
    """The settings that the URL's query leaves open; what an operator wrote there stands."""
    return {name: value for name, value in settings.items() if name not in url.query}


@contextmanager
def reporting(url: URL) -> Iterator[None]:
    """Turns the database's faults into LedgerUnavailable; faults of what was written stay what they are."""
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        raise LedgerUnavailable(shown(url), _first_line(error.orig)) from error
    except PoolTimeout as error:
        raise LedgerUnavailable(shown(url), "every connection is in use") from error
    except OSError as error:  # the queue of a SQLite database's writers
        raise LedgerUnavailable(shown(url), error.strerror or str(error)) from error


def _first_line(fault: BaseException | None) -> str:
    return next(iter(str(fault).splitlines()), type(fault).__name__)
