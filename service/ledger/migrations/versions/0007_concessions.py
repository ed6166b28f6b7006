"""What each decision gave away stands in a table of its own, so that it can be summed without reading every answer.

Taken from the answers that can still be read; of an erased one nothing is known any more.
"""

import orjson
import sqlalchemy as sa
from alembic import op

from service.ledger.bodies import UnreadableBody, unpacked

revision = "0007"
down_revision = "0006"

AT_ONCE = 500


def upgrade() -> None:
    table = op.create_table(
        "concessions",
        sa.Column("decision_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("percent", sa.Integer, nullable=True),
        sa.Column("rules", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "kind", name="pk_concessions"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_concessions_decision_id"),
    )
    bind, last = op.get_bind(), ""
    while rows := bind.execute(_BODIES, {"last": last, "most": AT_ONCE}).all():
        last = rows[-1].id
        given = [each for row in rows for each in _given(row)]
        if given:
            bind.execute(sa.insert(table), given)


def downgrade() -> None:
    op.drop_table("concessions")


_BODIES = sa.text(
    "SELECT decisions.id, decisions.body, client_keys.key FROM decisions "
    "JOIN client_keys ON client_keys.id = decisions.key_id "
    "WHERE decisions.id > :last ORDER BY decisions.id LIMIT :most"
)


def _given(row: sa.Row) -> list[dict[str, object]]:  # type: ignore[type-arg]
    if row.key is None or row.body is None:
        return []
    try:
        answer = orjson.loads(unpacked(bytes(row.body), bytes(row.key), row.id)[2])
    except (UnreadableBody, ValueError):
        return []  # tampered with, which `audit verify` tells
    return [
        {
            "decision_id": row.id, "kind": each["kind"], "amount": each["amount"], "percent": each["percent"],
            "rules": " ".join(each["rules"]),
        }
        for each in answer.get("concessions", ())
    ]  # fmt: skip
