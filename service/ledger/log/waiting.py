"""The leaf of a record, left for the next seal in the transaction that writes the record itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.merkle import Hash
from service.ledger.inserting import Insert
from service.ledger.log.leaves import Kind, leaf
from service.ledger.tables import log_waiting

_INSERT = Insert(log_waiting, left_out="number")


def await_seal(connection: Connection, kind: Kind, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """`rows`: as they were written, every column that the log covers."""
    leave(connection, [(kind, str(row[kind.columns[0]]), leaf(kind, row)) for row in rows], now)


def leave(connection: Connection, leaves: Sequence[tuple[Kind, str, Hash]], now: datetime) -> None:
    """`leaves`: kind, the record's key as text, and its leaf."""
    _INSERT.run(
        connection, [{"kind": kind.name, "record_id": id, "leaf": hash, "written_at": now} for kind, id, hash in leaves]
    )
