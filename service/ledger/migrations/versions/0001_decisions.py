"""Decisions, and the policy versions that they were made under."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policy_versions"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=True),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("target", sa.BigInteger, nullable=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["version"], ["policy_versions.version"], name="fk_decisions_version"),
        sa.UniqueConstraint("caller", "idempotency_key", name="uq_decisions_caller_idempotency_key"),
    )


def downgrade() -> None:
    op.drop_table("decisions")
    op.drop_table("policy_versions")
