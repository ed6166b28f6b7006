"""The keys that sign checkpoints get a table of their own, with who rotated to each; decisions are found by client.

A client's decisions are a few among millions, and whoever asks wants them newest first. Other searches go through the
ids, which rise with time: what they look for is common, or the question is rare enough to wait for.
"""

import sqlalchemy as sa
from alembic import op

from service.domain.people import SYSTEM
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal

revision = "0004"
down_revision = "0003"

OLD_NAME = "log-verifier:"


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("ledger_keys"):
        op.create_table(
            "ledger_keys",
            sa.Column("id", sa.Text, nullable=False),
            sa.Column("verifier", sa.Text, nullable=False),
            sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("by", sa.Text, nullable=False),
            sa.PrimaryKeyConstraint("id", name="pk_ledger_keys"),
        )
    op.create_index("ix_decisions_client_id_id", "decisions", ["client_id", "id"])
    bind, kind = op.get_bind(), KINDS["ledger-key"]
    known = set(bind.scalars(sa.select(kind.table.c.id)))
    op.execute(
        "INSERT INTO ledger_keys (id, verifier, added_at, by) "
        f"SELECT substr(name, {len(OLD_NAME) + 1}), value, created_at, '{SYSTEM.id}' "
        f"FROM service_keys WHERE name LIKE '{OLD_NAME}%' AND substr(name, {len(OLD_NAME) + 1}) NOT IN "
        "(SELECT id FROM ledger_keys)"
    )
    op.execute(f"DELETE FROM service_keys WHERE name LIKE '{OLD_NAME}%'")
    for row in bind.execute(sa.select(kind.table)).mappings().all():
        if row["id"] not in known:
            await_seal(bind, kind, [row], row["added_at"])


def downgrade() -> None:
    """The table stays for the way back up, since the log holds its leaves; both go together, in 0003."""
    op.execute(
        "INSERT INTO service_keys (name, value, created_at) "
        f"SELECT '{OLD_NAME}' || id, verifier, added_at FROM ledger_keys"
    )
    op.drop_index("ix_decisions_client_id_id", "decisions")
