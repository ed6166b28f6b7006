"""Decisions, and what people did to them afterwards: overrides beside them, outcomes of the quotes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from service.ledger.tables.columns import Instant, metadata

BODY = ("key_id", "body", "body_digest")


def packed_body() -> tuple[Column[Any], ...]:
    """`body`: as `service/ledger/bodies.py` packs it; null once it is no longer kept. `body_digest`: its SHA-256."""
    return (
        Column("key_id", Text, ForeignKey("client_keys.id"), nullable=True),
        Column("body", LargeBinary, nullable=True),
        Column("body_digest", Text, nullable=False, server_default=text("''")),
    )


client_keys = Table(
    "client_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("key", LargeBinary, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant, nullable=True),
    Column("erased_by", Text, nullable=True),
    Index(
        "uq_client_keys_client_id_live", "client_id", unique=True,
        sqlite_where=text("erased_at IS NULL"), postgresql_where=text("erased_at IS NULL"),
    ),
)  # fmt: skip
"""With what the bodies of a client's records are encrypted; one live key a client. Erased: `key` is null for ever."""

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
    Column("rules", Text, nullable=False, server_default=text("''")),
    Column("answer_digest", Text, nullable=False, server_default=text("''")),
    *packed_body(),
    UniqueConstraint("caller", "idempotency_key"),
    Index(None, "client_id", "id"),
)
"""`rules`: ids of those that fired, a space before and after each. The body: request, facts, answer and salt.
`answer_digest`: SHA-256 of salt and answer, so that whoever holds both can show what was answered, and nobody can
guess at it."""

concessions = Table(
    "concessions",
    metadata,
    Column("decision_id", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("percent", Integer, nullable=True),
    Column("rules", Text, nullable=False),
)
"""What a decision's answer gives away (D2, D3, D5, D9), as sums need it; the answer itself is what the log proves.
`rules`: ids, a space between."""

overrides = Table(
    "overrides",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False, index=True),
    Column("overridden_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changes", LargeBinary, nullable=False),
    Column("breaches", LargeBinary, nullable=False),
    *packed_body(),
)
"""Append-only. `reason`: a code of the book. `changes`, `breaches`: JSON; what was asked for and what that changed, old
and new, and the guardrails that speak against it. The body: the note, in free words."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("final_amount", BigInteger, nullable=True),
    *packed_body(),
    Column("corrects", Text, ForeignKey("outcomes.id"), nullable=True, unique=True),
)
"""Append-only: a correction is a new row that names the one it corrects. The body: JSON, all that was told."""
