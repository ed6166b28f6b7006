"""What records say in words, against the acts that alone may take it away: an erasure, the end of a retention time.

A body or a key that is missing without one was taken by somebody else; a key that is there in spite of one has come
back, with a backup perhaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from service.domain.acts import ActKind
from service.ledger.acts import acts
from service.ledger.bodies import opens
from service.ledger.client_keys import keys_by_id
from service.ledger.log.findings import Finding
from service.ledger.log.leaves import Kind

RECORDED_AT = {"decision": "recorded_at", "override": "overridden_at", "outcome": "recorded_at"}
"""Kinds of records that have a body, and the column that tells their age."""


class Words:
    """One pass over records. `connection`: sees the database as it was at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._erased: set[str] = set()
        self._dropped_before = datetime.min.replace(tzinfo=UTC)
        self._keys: Mapping[str, bytes | None] = {}
        for act in acts(connection):
            if act.kind is ActKind.ERASURE:
                self._erased.update(act.details["keys"])
            elif act.kind is ActKind.RETENTION:
                self._dropped_before = max(self._dropped_before, datetime.fromisoformat(act.details["before"]))

    def look_at(self, kind: Kind, records: Iterable[Mapping[str, Any]]) -> None:
        """Those that `fault` will be asked about next."""
        if kind.name in RECORDED_AT:
            self._keys = keys_by_id(self._connection, {record["key_id"] for record in records} - {None})

    def fault(self, kind: Kind, record: Mapping[str, Any], place: str) -> Finding | None:
        """`record`: one whose row and stored body are what was sealed."""
        if kind.name not in RECORDED_AT:
            return None
        found = self._taken(kind, record)
        return Finding(found[0], place, found[1]) if found else None

    def gone(self, kind: Kind, record: Mapping[str, Any]) -> bool:
        """Whether a record that had words has none any more."""
        return kind.name in RECORDED_AT and (record["body"] is None or self._keys[record["key_id"]] is None)

    def _taken(self, kind: Kind, record: Mapping[str, Any]) -> tuple[str, str] | None:
        id, body = record["key_id"], record["body"]
        if id not in self._keys:
            return "key-missing", "its client's key isn't there, and no erasure takes the key's row"
        key, erased = self._keys[id], id in self._erased
        if key is None and not erased:
            return "key-missing", "its client's key was taken, and no erasure is recorded"
        if key is not None and erased:
            return "key-returned", "its client's key is back, though its erasure is recorded"
        if body is None and record[RECORDED_AT[kind.name]] >= self._dropped_before:
            return "body-missing", "what it said was taken, and no act of the ledger did that"
        if body is not None and key is not None and not opens(body, key, record["id"]):
            return "unreadable", "its client's key was changed: it doesn't open what was sealed"
        return None
