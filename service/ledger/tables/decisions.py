"""Decisions, and what people did to them afterwards: overrides beside them, outcomes of the quotes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, LargeBinary, Table, Text, UniqueConstraint

from service.ledger.tables.columns import Instant, metadata

decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    Column("caller", Text, nullable=False),
    Column("idempotency_key", Text, nullable=True),
    Column("request_digest", Text, nullable=False),
    Column("book", Text, nullable=False),
    Column("version", Text, ForeignKey("policy_versions.version"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("target", BigInteger, nullable=True),
    Column("request", LargeBinary, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    UniqueConstraint("caller", "idempotency_key"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False, index=True),
    Column("overridden_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("changes", LargeBinary, nullable=False),
    Column("breaches", LargeBinary, nullable=False),
)
"""Append-only. `reason`: a code of the book. `changes`, `breaches`: JSON; what was asked for and what that changed, old
and new, and the guardrails that speak against it."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("final_amount", BigInteger, nullable=True),
    Column("body", LargeBinary, nullable=False),
    Column("corrects", Text, ForeignKey("outcomes.id"), nullable=True, unique=True),
)
"""Append-only: a correction is a new row that names the one it corrects. `body`: JSON, all that was told."""
