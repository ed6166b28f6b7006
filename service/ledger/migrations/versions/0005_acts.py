"""Acts upon the record itself: erasures, and the end of a retention time.

What is gone already when the table is made is taken over as acts of the migration: a database that was moved further
down has lost them with its log.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from service.domain.acts import ActKind
from service.ledger.acts import record_act
from service.ledger.tables.columns import Instant

revision = "0005"
down_revision = "0004"

BY = "migration"
WITH_BODIES = (("decisions", "recorded_at"), ("overrides", "overridden_at"), ("outcomes", "recorded_at"))


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("ledger_acts"):
        _make()
        _take_over()


def _make() -> None:
    op.create_table(
        "ledger_acts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ledger_acts"),
    )


def _take_over() -> None:
    bind, now = op.get_bind(), datetime.now(UTC)
    for client, key in bind.execute(sa.text("SELECT client_id, id FROM client_keys WHERE key IS NULL ORDER BY id")):
        told = {"client_id": client, "keys": [key], "reason": "erased before acts were recorded"}
        record_act(bind, ActKind.ERASURE, BY, told, now)
    newest = [moment for table, column in WITH_BODIES if (moment := _newest_without_body(bind, table, column))]
    if newest:
        before = max(newest) + timedelta(microseconds=1)
        record_act(bind, ActKind.RETENTION, BY, {"before": before.isoformat(), "days": None}, now)


def downgrade() -> None:
    """The table stays for the way back up, since the log holds its leaves; both go together, in 0003."""


def _newest_without_body(bind: sa.Connection, table: str, column: str) -> datetime | None:
    one = sa.table(table, sa.column(column, Instant()), sa.column("body"))
    return bind.execute(sa.select(sa.func.max(one.c[column])).where(one.c.body.is_(None))).scalar_one()
