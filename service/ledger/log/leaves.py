"""What the log holds of a record: every column of its row, as canonical JSON (RFC 8785), of bytes their digest.

Whoever reads the row can work out its leaf, without the service and without any key: the format is for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Column, Table

from service.domain.merkle import Hash, leaf_hash
from service.ledger.tables import decisions, ledger_acts, ledger_keys, outcomes, overrides, policy_steps, sign_ins

NOT_LOGGED = frozenset({"body"})
"""Columns that their digest in another one stands for: the log outlives them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its table, and the columns that the log covers, its key first.

    For ever: with another column comes another kind, and the records of the old one keep theirs.
    """

    name: str
    table: Table
    columns: tuple[str, ...]

    @property
    def key(self) -> Column[Any]:
        return self.table.c[self.columns[0]]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "decision", decisions,
            ("id", "recorded_at", "caller", "idempotency_key", "request_digest", "book", "version", "as_of", "outcome",
             "client_id", "currency", "target", "rules", "answer_digest", "key_id", "body_digest"),
        ),
        Kind(
            "override", overrides,
            ("id", "decision_id", "overridden_at", "by", "role", "reason", "changes", "breaches", "key_id",
             "body_digest"),
        ),
        Kind(
            "outcome", outcomes,
            ("id", "decision_id", "recorded_at", "by", "result", "happened_on", "final_amount", "corrects", "key_id",
             "body_digest"),
        ),
        Kind(
            "policy-step", policy_steps,
            ("number", "book", "version", "step", "at", "by", "role", "note", "effective_from", "withdraws",
             "details"),
        ),
        Kind("sign-in", sign_ins, ("number", "at", "event", "name_digest", "user_id", "by")),
        Kind("ledger-key", ledger_keys, ("id", "verifier", "added_at", "by")),
        Kind("act", ledger_acts, ("number", "at", "act", "by", "details")),
    )
}  # fmt: skip


_AS_IT_IS = frozenset((str, int, type(None)))


def entry(kind: Kind, row: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed. Names in order; whole numbers below 2^53, ASCII names: so orjson's is RFC 8785's."""
    told = {name: value if type(value := row[name]) in _AS_IT_IS else _plain(value) for name in kind.columns}
    return orjson.dumps({"kind": kind.name, **told}, option=orjson.OPT_SORT_KEYS)


def leaf(kind: Kind, row: Mapping[str, Any]) -> Hash:
    return leaf_hash(entry(kind, row))


def digest(stored: bytes) -> str:
    return f"sha256:{sha256(stored).hexdigest()}"


def _plain(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return digest(value)
    return value
