"""The record of every decision: append, look up, nothing else. Knows neither HTTP nor how a decision is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_

from service.ledger.client_keys import keys_by_id, live_keys
from service.ledger.conflicts import KINDS, inserted_once
from service.ledger.database import Database
from service.ledger.decision_rows import DECISION, given_rows, read, recorded, row_of
from service.ledger.entries import Entry, KeyReused, Recorded
from service.ledger.inserting import Insert
from service.ledger.log.waiting import leave
from service.ledger.tables import concessions, decisions, policy_versions

Key = tuple[str, str]
"""Caller and idempotency key."""

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
_INSERT = Insert(decisions)
# The ids tell what was inserted: PostgreSQL gives no row count for such an insert.
_INSERT_ONCE = Insert(decisions, "ON CONFLICT (caller, idempotency_key) DO NOTHING RETURNING id")
_INSERT_GIVEN = Insert(concessions)
_INSERT_VERSION = {kind: inserted_once(kind, policy_versions, "version") for kind in KINDS}


class Ledger:
    """Every method raises LedgerUnavailable when the database can't be used. Raises LedgerUrlRefused."""

    def __init__(self, database: Database | str) -> None:
        """`database`: or its URL."""
        self.database = Database(database) if isinstance(database, str) else database

    def record(self, entries: Sequence[Entry]) -> tuple[Recorded | KeyReused, ...]:
        """Commits all entries in one transaction, all or none; one result for each, in their order.

        An entry whose caller used its idempotency key before isn't written: the result is the earlier decision
        where the digest is the same, a refusal where it isn't. That holds within `entries` too.
        """
        if not entries:
            return ()
        with self.database.writes() as connection:
            keys = live_keys(connection, self.database.kind, [e.client_id for e in entries], entries[0].recorded_at)
            rows = {entry.id: row_of(entry, keys[entry.client_id]) for entry in entries}
            written = self._insert(connection, entries, rows)
            _INSERT_GIVEN.run(connection, [row for e in entries if e.id in written for row in given_rows(e)])
            made = {entry.id: recorded(entry, rows[entry.id]) for entry in entries if entry.id in written}
            leave(connection, [(DECISION, id, one.leaf) for id, one in made.items()], entries[0].recorded_at)
            known = {_key(one.entry): one for one in made.values()}
            missing = {key for entry in entries if (key := _key(entry)) and key not in known}
            if missing:
                found = connection.execute(_BY_KEY, {"keys": sorted(missing)}).all()
                known |= {_key(one.entry): one for one in _readable(connection, found)}
        return tuple(made.get(entry.id) or _settled(entry.request_digest, known[_key(entry)]) for entry in entries)

    def find(self, decision_id: str) -> Recorded | None:
        if "\0" in decision_id:  # PostgreSQL refuses to be asked for such text
            return None
        with self.database.reads() as connection:
            found = connection.execute(_BY_ID, {"id": decision_id}).all()
            return next(iter(_readable(connection, found)), None)

    def find_by_key(self, caller: str, key: str, request_digest: str) -> Recorded | KeyReused | None:
        """What `record` would answer to this key and digest; None while the key is free."""
        if "\0" in key:
            return None
        with self.database.reads() as connection:
            found = _readable(connection, connection.execute(_BY_KEY, {"keys": [(caller, key)]}).all())
        return _settled(request_digest, found[0]) if found else None

    def latest(self, books: Sequence[str], count: int) -> tuple[Entry, ...]:
        """The decisions last recorded by books of these names, the newest first: of the last `count` those that can
        still be read."""
        with self.database.reads() as connection:
            rows = connection.execute(_LATEST, {"books": list(books), "count": count}).all()
            return tuple(one.entry for one in _readable(connection, rows) if one.kept)

    def content(self, version: str) -> bytes | None:
        """What `remember_version` was given for a version."""
        with self.database.reads() as connection:
            return connection.execute(_CONTENT, {"version": version}).scalar_one_or_none()

    def remember_version(self, book: str, version: str, content: bytes, now: datetime) -> None:
        """Keeps a book's content for as long as the ledger lives; decisions refer to it. Repeating it is harmless."""
        with self.database.reads() as connection:
            if connection.execute(_KNOWN_VERSION, {"version": version}).first():
                return
        row = {"version": version, "book": book, "content": content, "first_seen_at": now}
        with self.database.writes() as connection:
            connection.execute(_INSERT_VERSION[self.database.kind], row)

    def ready(self) -> None:
        """Returns when the database answers and has the tables that this code expects, else raises."""
        self.database.ready()

    def close(self) -> None:
        """Lets go of every connection. The next use opens new ones."""
        self.database.close()

    def _insert(
        self, connection: Connection, entries: Sequence[Entry], rows: Mapping[str, Mapping[str, Any]]
    ) -> set[str]:
        """Ids of the entries written. Keys in one fixed order, else two batches could wait for each other."""
        keyless = [entry.id for entry in entries if entry.idempotency_key is None]
        firsts = {key: entry for entry in reversed(entries) if (key := _key(entry))}
        ordered = [rows[firsts[key].id] for key in sorted(firsts)]
        _INSERT.run(connection, [rows[id] for id in keyless])
        return {*keyless, *_INSERT_ONCE.run(connection, ordered)}


def _key(entry: Entry) -> Key | None:
    return None if entry.idempotency_key is None else (entry.caller, entry.idempotency_key)


def _settled(request_digest: str, earlier: Recorded) -> Recorded | KeyReused:
    entry = earlier.entry
    same = request_digest == entry.request_digest
    if same and earlier.kept:
        return replace(earlier, replayed=True)
    return KeyReused(entry.caller, entry.idempotency_key or "", entry.id, gone=same)


def _readable(connection: Connection, rows: Sequence[Row[Any]]) -> list[Recorded]:
    """Raises UnreadableBody."""
    keys = keys_by_id(connection, [row.key_id for row in rows])
    return [read(row._mapping, keys[row.key_id]) for row in rows]
