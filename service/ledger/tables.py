"""The ledger's tables as they are now. How a database gets there is written in `migrations/`;
a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is taken off before and put back after."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("book", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
)

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
