"""The keys that bodies are encrypted with, one a client. Erasing one makes all that the client's records say in words
unreadable for ever; the rows stay. Works within a transaction of its caller.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.ledger.bodies import new_key, packed, unpacked
from service.ledger.log.leaves import digest
from service.ledger.tables import client_keys

_LIVE = (
    select(client_keys.c.client_id, client_keys.c.id, client_keys.c.key)
    .where(client_keys.c.client_id.in_(bindparam("clients", expanding=True)), client_keys.c.erased_at.is_(None))
    # On PostgreSQL an erasure waits until what is being written with the key is there, and then erases that too.
    .with_for_update(read=True)
)
_BY_ID = select(client_keys.c.id, client_keys.c.key).where(client_keys.c.id.in_(bindparam("ids", expanding=True)))
_INSERT = {
    "sqlite": sqlite.insert(client_keys).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(client_keys).on_conflict_do_nothing(),
}
_ERASE = (
    update(client_keys)
    .where(client_keys.c.client_id == bindparam("client"), client_keys.c.erased_at.is_(None))
    .values(key=None, erased_at=bindparam("at"), erased_by=bindparam("by"))
    .returning(client_keys.c.id)
)


@dataclass(frozen=True, slots=True)
class ClientKey:
    id: str
    key: bytes


def live_keys(connection: Connection, kind: str, clients: Collection[str], now: datetime) -> Mapping[str, ClientKey]:
    """By client; made where a client has none. `kind`: of the database."""
    wanted = sorted(set(clients))
    found = _live(connection, wanted)
    # Again where, on PostgreSQL, another has made the key just before, and a third erased it just after.
    while missing := [client for client in wanted if client not in found]:
        rows = [
            {"id": os.urandom(16).hex(), "client_id": client, "key": new_key(), "created_at": now} for client in missing
        ]
        connection.execute(_INSERT[kind], rows)
        found |= _live(connection, missing)
    return found


def keys_by_id(connection: Connection, ids: Collection[str]) -> Mapping[str, bytes | None]:
    """None where the key was erased."""
    if not ids:
        return {}
    found = connection.execute(_BY_ID, {"ids": sorted(set(ids))})
    return {row.id: row.key for row in found}


def packed_body(
    connection: Connection, kind: str, client: str, record: str, parts: Sequence[bytes], now: datetime
) -> dict[str, Any]:
    """The columns of a body that is written beside others of its client. `kind`: of the database."""
    key = live_keys(connection, kind, [client], now)[client]
    body = packed(parts, key.key, record)
    return {"key_id": key.id, "body": body, "body_digest": digest(body)}


def unpacked_bodies(connection: Connection, rows: Sequence[Row[Any]]) -> list[tuple[bytes, ...] | None]:
    """For each row with an id its parts, None where they were erased. Raises UnreadableBody."""
    keys = keys_by_id(connection, [row.key_id for row in rows])
    return [_parts(row, keys[row.key_id]) for row in rows]


def _parts(row: Row[Any], key: bytes | None) -> tuple[bytes, ...] | None:
    return None if key is None or row.body is None else unpacked(row.body, key, row.id)


def erase(connection: Connection, client: str, by: str, now: datetime) -> list[str]:
    """Ids of the keys erased: none where there was none. A later record of the same client gets a new one."""
    return list(connection.scalars(_ERASE, {"client": client, "at": now, "by": by}))


def _live(connection: Connection, clients: list[str]) -> dict[str, ClientKey]:
    return {client: ClientKey(id, key) for client, id, key in connection.execute(_LIVE, {"clients": clients})}
