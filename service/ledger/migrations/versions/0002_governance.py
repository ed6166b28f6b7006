"""Lives of policy versions, people, and what happens to a decision after it was made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *constraints: sa.ForeignKey, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, *constraints, nullable=nullable)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=nullable)


def _bytes(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _packed_body() -> tuple[sa.Column, ...]:
    body = sa.Column("body", sa.LargeBinary, nullable=True)
    return (
        _text("key_id", nullable=True),
        body,
        sa.Column("body_digest", sa.Text, nullable=False, server_default=sa.text("''")),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def _table(name: str, key: str, *parts: sa.Column | sa.Constraint) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}"))


def upgrade() -> None:
    _policies()
    _shadow()
    _people()
    _afterwards()


def _policies() -> None:
    _table(
        "policy_origins", "version",
        _text("version"), _text("author"), _moment("drafted_at"), _text("note"), _text("parent", nullable=True),
        _bytes("files"),
        _refers("policy_origins", "version", "policy_versions.version"),
        _refers("policy_origins", "parent", "policy_versions.version"),
    )  # fmt: skip
    _table(
        "policy_steps", "number",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        _text("book"), _text("version"), _text("step"), _moment("at"), _text("by"), _text("role"), _text("note"),
        sa.Column("effective_from", sa.Date, nullable=True),
        sa.Column("withdraws", NUMBER, nullable=True),
        _bytes("details"),
        _refers("policy_steps", "version", "policy_versions.version"),
        _refers("policy_steps", "withdraws", "policy_steps.number"),
    )  # fmt: skip
    op.create_index("ix_policy_steps_version", "policy_steps", ["version"])
    op.create_index("ix_policy_steps_book_number", "policy_steps", ["book", "number"])


def _shadow() -> None:
    _table(
        "shadow_runs", "id",
        _text("id"), _text("book"), _text("version"), _moment("started_at"), _text("started_by"), _text("note"),
        sa.Column("share", sa.Integer, nullable=False),
        _moment("ended_at", nullable=True), _text("ended_by", nullable=True),
        _refers("shadow_runs", "version", "policy_versions.version"),
    )  # fmt: skip
    op.create_index("ix_shadow_runs_book", "shadow_runs", ["book"])
    _table(
        "shadow_results", "run_id decision_id",
        _text("run_id"), _text("decision_id"), _moment("tried_at"), _text("version"),
        sa.Column("differs", sa.Boolean, nullable=False),
        _text("released_outcome"), _text("candidate_outcome"), _text("currency"),
        sa.Column("released_target", sa.BigInteger, nullable=True),
        sa.Column("candidate_target", sa.BigInteger, nullable=True),
        _bytes("rules"),
        _refers("shadow_results", "run_id", "shadow_runs.id"),
    )  # fmt: skip


def _people() -> None:
    _table(
        "users", "id",
        _text("id"), _text("name"), _text("role"), _text("password", nullable=True), _text("subject", nullable=True),
        _moment("created_at"), _text("created_by"), _moment("disabled_at", nullable=True),
        sa.UniqueConstraint("name", name="uq_users_name"),
        sa.UniqueConstraint("subject", name="uq_users_subject"),
    )  # fmt: skip
    _table(
        "tokens", "id",
        _text("id"), _text("user_id"), _text("digest"), _text("label"), _text("role"),
        _moment("created_at"), _text("created_by"), _moment("expires_at"),
        _moment("revoked_at", nullable=True), _moment("last_used_at", nullable=True),
        _refers("tokens", "user_id", "users.id"),
    )  # fmt: skip
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"])
    _table(
        "sessions", "digest",
        _text("digest"), _text("user_id"), _moment("created_at"), _moment("seen_at"), _moment("expires_at"),
        _moment("ended_at", nullable=True),
        _refers("sessions", "user_id", "users.id"),
    )  # fmt: skip
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    _table(
        "sign_ins", "number",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        _moment("at"), _text("event"), _text("name_digest"), _text("user_id", nullable=True), _text("by"),
        _refers("sign_ins", "user_id", "users.id"),
    )  # fmt: skip
    op.create_index("ix_sign_ins_name_digest", "sign_ins", ["name_digest"])
    _table("service_keys", "name", _text("name"), _text("value"), _moment("created_at"))


def _afterwards() -> None:
    _table(
        "client_keys", "id",
        _text("id"), _text("client_id"), sa.Column("key", sa.LargeBinary, nullable=True),
        _moment("created_at"), _moment("erased_at", nullable=True), _text("erased_by", nullable=True),
    )  # fmt: skip
    live = sa.text("erased_at IS NULL")
    op.create_index(
        "uq_client_keys_client_id_live", "client_keys", ["client_id"], unique=True, sqlite_where=live,
        postgresql_where=live,
    )  # fmt: skip
    _table(
        "overrides", "id",
        _text("id"), _text("decision_id"), _moment("overridden_at"), _text("by"), _text("role"),
        _text("reason"), _bytes("changes"), _bytes("breaches"), *_packed_body(),
        _refers("overrides", "decision_id", "decisions.id"),
        _refers("overrides", "key_id", "client_keys.id"),
    )  # fmt: skip
    op.create_index("ix_overrides_decision_id", "overrides", ["decision_id"])
    _table(
        "outcomes", "id",
        _text("id"), _text("decision_id"), _moment("recorded_at"), _text("by"), _text("result"),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("final_amount", sa.BigInteger, nullable=True),
        *_packed_body(), _text("corrects", nullable=True),
        _refers("outcomes", "decision_id", "decisions.id"),
        _refers("outcomes", "key_id", "client_keys.id"),
        _refers("outcomes", "corrects", "outcomes.id"),
        sa.UniqueConstraint("corrects", name="uq_outcomes_corrects"),
    )  # fmt: skip
    op.create_index("ix_outcomes_decision_id", "outcomes", ["decision_id"])


def downgrade() -> None:
    for table in (
        "outcomes", "overrides", "client_keys", "service_keys", "sign_ins", "sessions", "tokens", "users",
        "shadow_results", "shadow_runs", "policy_steps", "policy_origins",
    ):  # fmt: skip
        op.drop_table(table)
