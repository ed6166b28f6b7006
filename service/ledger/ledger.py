"""The record of every decision: append, look up, nothing else. Knows neither HTTP nor how a decision is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Row, Table, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from service.ledger.engine import PATIENCE_SECONDS, connect, database_url, reporting, shown
from service.ledger.entries import Entry, KeyReused, Recorded
from service.ledger.errors import LedgerUnavailable
from service.ledger.migrate import newest_revision, revision_of
from service.ledger.tables import decisions, policy_versions
from service.ledger.turn import Turn

Key = tuple[str, str]
"""Caller and idempotency key."""

_COLUMNS = tuple(field.name for field in fields(Entry))
_BY_ID = select(decisions).where(decisions.c.id == bindparam("id"))
_BY_KEY = select(decisions).where(
    tuple_(decisions.c.caller, decisions.c.idempotency_key).in_(bindparam("keys", expanding=True))
)
_LATEST = (
    select(decisions)
    .where(decisions.c.book.in_(bindparam("books", expanding=True)))
    .order_by(decisions.c.id.desc())  # ids sort by time
    .limit(bindparam("count"))
)
_CONTENT = select(policy_versions.c.content).where(policy_versions.c.version == bindparam("version"))
_KNOWN_VERSION = select(policy_versions.c.version).where(policy_versions.c.version == bindparam("version"))
_INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_INSERT_ENTRY = {
    kind: insert(decisions)
    .on_conflict_do_nothing(index_elements=["caller", "idempotency_key"])
    .returning(decisions.c.id)  # tells what was inserted: PostgreSQL gives no row count for such an insert
    for kind, insert in _INSERT.items()
}
_INSERT_VERSION = {
    kind: insert(policy_versions).on_conflict_do_nothing(index_elements=["version"]) for kind, insert in _INSERT.items()
}


class Ledger:
    """Opens nothing before its first use, and closes before a fork: a connection can't serve two processes, and
    SQLite inherits locks that it doesn't hold, so that a child's writes would be lost.

    Every method raises LedgerUnavailable when the database can't be used. Raises LedgerUrlRefused for a URL of
    a database that it doesn't work with.
    """

    def __init__(self, url: str) -> None:
        self._url = database_url(url)
        self._kind = self._url.get_backend_name()
        self._engine = connect(self._url)
        self._turn = None
        if self._kind == "sqlite":
            self._turn = Turn(Path(f"{self._url.database}.turn"), PATIENCE_SECONDS)
        _LEDGERS.add(self)

    def record(self, entries: Sequence[Entry]) -> tuple[Recorded | KeyReused, ...]:
        """Commits all entries in one transaction, all or none; one result for each, in their order.

        An entry whose caller used its idempotency key before isn't written: the result is the earlier decision
        where the digest is the same, a refusal where it isn't. That holds within `entries` too.
        """
        with self._transaction() as connection:
            written = self._insert(connection, entries)
            known = {_key(entry): entry for entry in entries if entry.id in written}
            missing = {key for entry in entries if (key := _key(entry)) and key not in known}
            if missing:
                rows = connection.execute(_BY_KEY, {"keys": sorted(missing)})
                known |= {_key(entry): entry for entry in map(_entry, rows)}
        return tuple(
            Recorded(entry) if entry.id in written else _settled(entry.request_digest, known[_key(entry)])
            for entry in entries
        )

    def find(self, decision_id: str) -> Recorded | None:
        if "\0" in decision_id:  # PostgreSQL refuses to be asked for such text
            return None
        with self._transaction(reads=True) as connection:
            row = connection.execute(_BY_ID, {"id": decision_id}).one_or_none()
        return None if row is None else Recorded(_entry(row))

    def find_by_key(self, caller: str, key: str, request_digest: str) -> Recorded | KeyReused | None:
        """What `record` would answer to this key and digest; None while the key is free."""
        if "\0" in key:
            return None
        with self._transaction(reads=True) as connection:
            row = connection.execute(_BY_KEY, {"keys": [(caller, key)]}).one_or_none()
        return None if row is None else _settled(request_digest, _entry(row))

    def latest(self, books: Sequence[str], count: int) -> tuple[Entry, ...]:
        """The decisions last recorded by books of these names, `count` at most, the newest first."""
        with self._transaction(reads=True) as connection:
            return tuple(map(_entry, connection.execute(_LATEST, {"books": list(books), "count": count})))

    def content(self, version: str) -> bytes | None:
        """What `remember_version` was given for a version."""
        with self._transaction(reads=True) as connection:
            return connection.execute(_CONTENT, {"version": version}).scalar_one_or_none()

    def remember_version(self, book: str, version: str, content: bytes, now: datetime) -> None:
        """Keeps a book's content for as long as the ledger lives; decisions refer to it. Repeating it is harmless."""
        with self._transaction(reads=True) as connection:
            if connection.execute(_KNOWN_VERSION, {"version": version}).first():
                return
        row = {"version": version, "book": book, "content": content, "first_seen_at": now}
        with self._transaction() as connection:
            connection.execute(_INSERT_VERSION[self._kind], row)

    def ready(self) -> None:
        """Returns when the database answers and has the tables that this code expects, else raises."""
        with self._transaction(reads=True) as connection:
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

    def _insert(self, connection: Connection, entries: Sequence[Entry]) -> set[str]:
        """Ids of the entries written. Keys in one fixed order, else two batches could wait for each other."""
        if not entries:
            return set()
        firsts = {_key(entry): entry for entry in reversed(entries)}
        chosen = [entry for entry in entries if entry.idempotency_key is None or firsts[_key(entry)] is entry]
        ordered = sorted(chosen, key=lambda entry: (entry.caller, entry.idempotency_key or "", entry.id))
        return set(connection.scalars(_INSERT_ENTRY[self._kind], [_row(entry) for entry in ordered]))

    @contextmanager
    def _transaction(self, reads: bool = False) -> Iterator[Connection]:
        turn = nullcontext() if reads or self._turn is None else self._turn.taken()
        with reporting(self._url), turn, self._engine.connect() as connection:
            connection.execution_options(reads=reads)
            with connection.begin():
                yield connection


_LEDGERS: WeakSet[Ledger] = WeakSet()


def _close_all() -> None:
    for ledger in tuple(_LEDGERS):
        ledger.close()


os.register_at_fork(before=_close_all)


def _key(entry: Entry) -> Key | None:
    return None if entry.idempotency_key is None else (entry.caller, entry.idempotency_key)


def _settled(request_digest: str, earlier: Entry) -> Recorded | KeyReused:
    if request_digest == earlier.request_digest:
        return Recorded(earlier, replayed=True)
    return KeyReused(earlier.caller, earlier.idempotency_key or "", earlier.id)


def _row(entry: Entry) -> Mapping[str, Any]:
    return {name: getattr(entry, name) for name in _COLUMNS}


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._mapping)
