"""Records against their leaves: what was edited, deleted or put in by hand. Knows no tree and no heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, cast, exists, select

from service.ledger.log.findings import Finding
from service.ledger.log.leaves import KINDS, Kind, digest, leaf
from service.ledger.log.words import Words
from service.ledger.tables import log, log_waiting

LATE = timedelta(minutes=1)
"""A leaf that waits longer was held back, or nothing seals."""
_LATE = select(log_waiting.c.kind, log_waiting.c.record_id).where(log_waiting.c.written_at < bindparam("before"))


class Records:
    """Those behind leaves of the log, some at a time. `right`, `wordless`: as `Checked` counts them."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._words = connection, Words(connection)
        self.right = self.wordless = 0

    def faults(self, rows: Sequence[Row[Any]]) -> Iterator[Finding]:
        """`rows`: of the log."""
        by_kind = sorted(rows, key=lambda row: row.kind)
        for name, group in groupby(by_kind, key=lambda row: row.kind):
            kind = KINDS.get(name)
            if kind is None:
                yield from (Finding("unknown-kind", f"log position {row.position}", repr(name)) for row in group)
                continue
            members = list(group)
            records = _records_of(self._connection, kind, [row.record_id for row in members])
            self._words.look_at(kind, records.values())
            for row in members:
                yield from self._of(kind, row, records.get(row.record_id))

    def _of(self, kind: Kind, row: Row[Any], record: Mapping[str, Any] | None) -> Iterator[Finding]:
        fault = _fault(kind, row, record)
        if fault is None and record is not None:
            fault = self._words.fault(kind, record, _place(kind, row))
        if fault:
            yield fault
            return
        self.right += 1
        self.wordless += record is not None and self._words.gone(kind, record)


def _records_of(connection: Connection, kind: Kind, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    columns = [column for column in kind.table.columns if column.name in kind.columns or column.name == "body"]
    wanted = [int(id) for id in ids if id.isdecimal()] if kind.key.name == "number" else ids
    statement = select(*columns).where(kind.key.in_(bindparam("ids", expanding=True)))
    return {str(row[kind.columns[0]]): row for row in connection.execute(statement, {"ids": wanted}).mappings()}


def _place(kind: Kind, row: Row[Any]) -> str:
    return f"{kind.name} {row.record_id}, log position {row.position}"


def _fault(kind: Kind, row: Row[Any], record: Mapping[str, Any] | None) -> Finding | None:
    place = _place(kind, row)
    if record is None:
        return Finding("deleted", place, "the log holds it, its table doesn't")
    if leaf(kind, record) != bytes(row.leaf):
        return Finding("edited", place, "its row isn't what was sealed")
    body = record.get("body")
    if body is not None and digest(bytes(body)) != record["body_digest"]:
        return Finding("edited", place, "its stored body isn't what was sealed")
    return None


def unlogged(connection: Connection) -> Iterator[Finding]:
    """Records that are neither in the log nor waiting for it."""
    for kind in KINDS.values():
        key = cast(kind.key, String)
        logged = exists().where(log.c.record_id == key, log.c.kind == kind.name)
        waiting = exists().where(log_waiting.c.record_id == key, log_waiting.c.kind == kind.name)
        for (id,) in connection.execute(select(kind.key).where(~logged, ~waiting).order_by(kind.key)):
            yield Finding("inserted", f"{kind.name} {id}", "its table holds it, the log doesn't")


def held_back(connection: Connection, now: datetime) -> Iterator[Finding]:
    for kind, id in connection.execute(_LATE, {"before": now - LATE}):
        yield Finding("not-sealed", f"{kind} {id}", "it waits for a seal since more than a minute")
