"""One database and the transactions in it. Knows no table; what reads and writes which is told by its neighbours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from weakref import WeakSet

from sqlalchemy import Connection, text

from service.ledger.away import Away
from service.ledger.engine import PATIENCE_SECONDS, connect, database_url, reporting, shown
from service.ledger.errors import LedgerUnavailable
from service.ledger.migrate import newest_revision, revision_of
from service.ledger.turn import Turn

GOVERNING_LOCK = 7_108_392_315_028
"""PostgreSQL's advisory locks are numbers; this one means "writing a step that the next one must see"."""

TRACE_PATIENCE_MS = 500
"""How long writers wait at most while SQLite's log is emptied behind readers."""


class Database:
    """Opens nothing before its first use, and closes before a fork: a connection can't serve two processes, and
    SQLite inherits locks that it doesn't hold, so that a child's writes would be lost.

    Every use raises LedgerUnavailable when the database can't be used. Raises LedgerUrlRefused for a URL of
    a database that it doesn't work with.
    """

    def __init__(self, url: str) -> None:
        self._url = database_url(url)
        self.kind = self._url.get_backend_name()
        self._engine = connect(self._url)
        self._away = Away()
        self._turn = None
        if self.kind == "sqlite":
            self._turn = Turn(Path(f"{self._url.database}.turn"), PATIENCE_SECONDS)
        _DATABASES.add(self)

    @property
    def file(self) -> Path | None:
        """Of SQLite."""
        return Path(self._url.database or "") if self.kind == "sqlite" else None

    @contextmanager
    def reads(self) -> Iterator[Connection]:
        with self._away.heeded(), reporting(self._url), self._engine.connect() as connection:
            connection.execution_options(reads=True)
            with connection.begin():
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """As `reads`, and every statement sees the database as it was at the first one."""
        with self.reads() as connection:
            if self.kind == "postgresql":
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            yield connection

    @contextmanager
    def writes(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back by an exception."""
        turn = nullcontext() if self._turn is None else self._turn.taken()
        with self._away.heeded(), reporting(self._url), turn, self._engine.connect() as connection:
            connection.execution_options(reads=False)
            with connection.begin():
                yield connection

    @contextmanager
    def writes_alone(self) -> Iterator[Connection]:
        """As `writes`, one after another over all machines: each sees what the one before it wrote."""
        with self.writes() as connection:
            if self.kind == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": GOVERNING_LOCK})
            yield connection

    @contextmanager
    def erases(self) -> Iterator[Connection]:
        """As `writes_alone`; what it removes is overwritten in SQLite's file, not only given up.
        Afterwards `leave_no_trace`."""
        with self.writes_alone() as connection:
            if self.kind == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            yield connection
            if self.kind == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = OFF")

    def leave_no_trace(self) -> None:
        """Empties SQLite's log, which holds pages as they were. Whoever is reading still needs it: then it stays, until
        the next time or until it is overwritten."""
        if self._turn is None:
            return
        with reporting(self._url), self._turn.taken(), self._engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute(f"PRAGMA busy_timeout = {TRACE_PATIENCE_MS}")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1_000}")
            raw.close()

    def ready(self) -> None:
        """Returns when the database answers and has the tables that this code expects, else raises."""
        with self.reads() as connection:
            revision = revision_of(connection)
        if revision != newest_revision():
            here = f"at revision {revision}" if revision else "missing"
            raise LedgerUnavailable(
                shown(self._url), f"its tables are {here}, this version needs {newest_revision()}: migrate it"
            )

    def close(self) -> None:
        """Lets go of every connection. The next use opens new ones."""
        self._engine.dispose()
        if self._turn is not None:
            self._turn.close()


_DATABASES: WeakSet[Database] = WeakSet()


def _close_all() -> None:
    for database in tuple(_DATABASES):
        database.close()


os.register_at_fork(before=_close_all)
