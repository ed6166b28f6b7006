"""Who may do what: users, their tokens and sessions, and every attempt to sign in. Holds no secret, only digests."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from service.ledger.tables.columns import Instant, metadata
from service.ledger.tables.policies import NUMBER

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=True),
    Column("subject", Text, nullable=True, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("disabled_at", Instant, nullable=True),
)
"""`password`: argon2's encoded hash. `subject`: issuer and subject of an OIDC identity. Never deleted:
steps name them."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    Column("last_used_at", Instant, nullable=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("name_digest", Text, nullable=False, index=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=True),
    Column("by", Text, nullable=False),
)
"""Append-only. `name_digest`: of the name as typed, which may be a password typed into the wrong field."""

service_keys = Table(
    "service_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""Keys that all instances of a service share, such as the one that signs cookies, unless the environment gives them."""
