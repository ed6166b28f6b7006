"""The log that proves the records: a leaf for each in an order that never changes, and signed heads of its tree."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from service.ledger.tables.columns import Instant, metadata
from service.ledger.tables.policies import NUMBER

log_waiting = Table(
    "log_waiting",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("written_at", Instant, nullable=False),
)
"""Written with the record, emptied into `log` when the next seal gives it a position."""

log = Table(
    "log",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    UniqueConstraint("record_id", "kind"),
)
"""Append-only, from position 0 without a gap."""

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "index"),
)
"""Hashes of complete subtrees at every eighth level, so that no proof reads more than a few hundred leaves."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)
"""One a seal. `note`: the checkpoint as text, signed."""

ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("verifier", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
)
"""Public keys that checkpoints are signed for. Append-only: those of the past still show what they signed."""
