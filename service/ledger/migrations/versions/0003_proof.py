"""What decisions say in words is compressed and encrypted with their client's key, and every record gets its leaf.

What is there already is taken over: its bodies are packed, its leaves wait for the first seal.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from service.ledger.bodies import packed, unpacked
from service.ledger.client_keys import keys_by_id, live_keys
from service.ledger.decision_rows import SALT_BYTES, answer_digest
from service.ledger.log.leaves import KINDS, digest
from service.ledger.log.waiting import await_seal

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
AT_ONCE = 500
WORDS = ("request", "facts", "answer")
LOGGED = ("decision", "override", "outcome", "policy-step", "sign-in")
Rewrite = Callable[[sa.Connection, Sequence[sa.RowMapping]], list[dict[str, Any]]]


def upgrade() -> None:
    _log()
    for column in ("rules", "answer_digest", "body_digest"):
        op.add_column("decisions", sa.Column(column, sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("decisions", sa.Column("body", sa.LargeBinary, nullable=True))
    if op.get_bind().dialect.name == "sqlite":  # knows constraints only of a column that is being added
        op.execute(
            "ALTER TABLE decisions ADD COLUMN key_id TEXT CONSTRAINT fk_decisions_key_id REFERENCES client_keys(id)"
        )
    else:
        op.add_column("decisions", sa.Column("key_id", sa.Text, nullable=True))
        op.create_foreign_key("fk_decisions_key_id", "decisions", "client_keys", ["key_id"], ["id"])
    _rewrite(_pack, ("rules", "answer_digest", "body_digest", "body", "key_id"))
    for column in WORDS:
        op.drop_column("decisions", column)
    _leaves()


def downgrade() -> None:
    for column in WORDS:
        op.add_column("decisions", sa.Column(column, sa.LargeBinary, nullable=False, server_default=sa.text("''")))
    _rewrite(_unpack, WORDS)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_decisions_key_id", "decisions")
    for column in ("rules", "answer_digest", "body_digest", "body", "key_id"):
        op.drop_column("decisions", column)
    for table in ("checkpoints", "log_nodes", "log", "log_waiting"):
        op.drop_table(table)
    for table in ("ledger_acts", "ledger_keys"):  # left by those above, since the log holds their leaves
        op.execute(f"DROP TABLE IF EXISTS {table}")


def _log() -> None:
    op.create_table(
        "log_waiting",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_log_waiting"),
    )
    op.create_table(
        "log",
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_log"),
        sa.UniqueConstraint("record_id", "kind", name="uq_log_record_id_kind"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("index", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_log_nodes"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoints"),
    )


def _rewrite(changed: Rewrite, columns: Sequence[str]) -> None:
    """Sets `columns` of every decision to what `changed` makes of it, some at a time."""
    bind = op.get_bind()
    table = sa.Table("decisions", sa.MetaData(), autoload_with=bind)
    settings = ", ".join(f"{column} = :{column}" for column in columns)
    statement = sa.text(f"UPDATE decisions SET {settings} WHERE id = :id")
    for rows in _some_at_a_time(bind, table.c.id, table.columns):
        bind.execute(statement, changed(bind, rows))


def _some_at_a_time(
    bind: sa.Connection, key: sa.Column[Any], columns: Sequence[sa.Column[Any]]
) -> Iterator[Sequence[sa.RowMapping]]:
    """All rows in the order of their key, without ever holding more than some of them."""
    asked = sa.select(*columns).order_by(key).limit(AT_ONCE)
    rows = bind.execute(asked).mappings().all()
    while rows:
        yield rows
        rows = bind.execute(asked.where(key > rows[-1][key.name])).mappings().all()


def _pack(bind: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[dict[str, Any]]:
    keys = live_keys(bind, bind.dialect.name, [row["client_id"] for row in rows], datetime.now(UTC))
    changed = []
    for row in rows:
        key, salt = keys[row["client_id"]], os.urandom(SALT_BYTES)
        if not row["answer"]:  # it was erased or dropped before the database was moved down
            changed.append({"id": row["id"], "rules": "  ", "answer_digest": "", "body_digest": "", "body": None,
                            "key_id": key.id})  # fmt: skip
            continue
        body = packed((*(bytes(row[word]) for word in WORDS), salt), key.key, row["id"])
        reasons = orjson.loads(row["answer"]).get("reasons", ())
        changed.append({
            "id": row["id"],
            "rules": f" {' '.join(reason['rule'] for reason in reasons)} ",
            "answer_digest": answer_digest(bytes(row["answer"]), salt),
            "body_digest": digest(body),
            "body": body,
            "key_id": key.id,
        })  # fmt: skip
    return changed


def _unpack(bind: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[dict[str, Any]]:
    """What was erased or dropped stays empty."""
    keys = keys_by_id(bind, [row["key_id"] for row in rows])
    changed = []
    for row in rows:
        key, body = keys[row["key_id"]], row["body"]
        words = unpacked(body, key, row["id"])[: len(WORDS)] if key and body else (b"",) * len(WORDS)
        changed.append({"id": row["id"], **dict(zip(WORDS, words, strict=True))})
    return changed


def _leaves() -> None:
    bind = op.get_bind()
    now = datetime.now(UTC)
    for kind in (KINDS[name] for name in LOGGED):
        columns = [kind.table.c[name] for name in kind.columns]
        for rows in _some_at_a_time(bind, kind.key, columns):
            await_seal(bind, kind, rows, now)
