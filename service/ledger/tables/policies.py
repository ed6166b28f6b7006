"""Versions of policy books, every step of their lives, and trials of candidates in the shadow of the released one."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from service.ledger.tables.columns import Instant, metadata

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only in a column of this type."""

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("book", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)

policy_origins = Table(
    "policy_origins",
    metadata,
    Column("version", Text, ForeignKey("policy_versions.version"), primary_key=True),
    Column("author", Text, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("parent", Text, ForeignKey("policy_versions.version"), nullable=True),
    Column("files", LargeBinary, nullable=False),
)
"""`files`: a zip of the book's files as the author wrote them, comments included; decisions go by the content."""

policy_steps = Table(
    "policy_steps",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("book", Text, nullable=False),
    Column("version", Text, ForeignKey("policy_versions.version"), nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("effective_from", Date, nullable=True),
    Column("withdraws", NUMBER, ForeignKey("policy_steps.number"), nullable=True),
    Column("details", LargeBinary, nullable=False),
    Index(None, "book", "number"),
)
"""Append-only, written one transaction after another, so that `number` and `at` rise together. `effective_from`: of
steps that put a version in force. `withdraws`: the release that a withdrawal takes back. `details`: JSON."""

shadow_runs = Table(
    "shadow_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("book", Text, nullable=False, index=True),
    Column("version", Text, ForeignKey("policy_versions.version"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("ended_by", Text, nullable=True),
)
"""`share`: of the requests that are tried, in basis points."""

shadow_results = Table(
    "shadow_results",
    metadata,
    Column("run_id", Text, ForeignKey("shadow_runs.id"), nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("tried_at", Instant, nullable=False),
    Column("version", Text, nullable=False),
    Column("differs", Boolean, nullable=False),
    Column("released_outcome", Text, nullable=False),
    Column("candidate_outcome", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("released_target", BigInteger, nullable=True),
    Column("candidate_target", BigInteger, nullable=True),
    Column("rules", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run_id", "decision_id"),
)
"""`version`: the released one, which answered. `rules`: JSON; which fired under one of the two only."""
