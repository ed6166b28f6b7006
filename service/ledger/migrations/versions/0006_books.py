"""The firm's books of its clients: payments, invoices, services delivered, incidents, and the lists drawn of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DAY = {
    "client_payments": "day",
    "client_invoices": "issued_on",
    "client_services": "day",
    "client_incidents": "day",
}


def _columns(table: str) -> list[sa.Column[object]]:
    days = [sa.Column(DAY[table], sa.Date, nullable=False)]
    match table:
        case "client_payments":
            return [*days, *_sum("amount")]
        case "client_invoices":
            due = sa.Column("due_on", sa.Date, nullable=False)
            return [*days, due, sa.Column("paid_on", sa.Date, nullable=True), *_sum("amount")]
        case "client_services":
            return [*days, sa.Column("units", sa.Integer, nullable=False), *_sum("cost")]
    return [*days, sa.Column("signal", sa.Text, nullable=False), sa.Column("count", sa.Integer, nullable=False)]


def _sum(name: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger, nullable=False), sa.Column("currency", sa.Text, nullable=False)]


def upgrade() -> None:
    op.create_table(
        "book_imports",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_book_imports"),
    )
    for name, day in DAY.items():
        op.create_table(
            name,
            sa.Column("number", NUMBER, autoincrement=True, nullable=False),
            sa.Column("digest", sa.LargeBinary, nullable=False),
            sa.Column("import_id", sa.Text, nullable=False),
            sa.Column("client_id", sa.Text, nullable=True),
            *_columns(name),
            sa.PrimaryKeyConstraint("number", name=f"pk_{name}"),
            sa.UniqueConstraint("digest", name=f"uq_{name}_digest"),
            sa.ForeignKeyConstraint(["import_id"], ["book_imports.id"], name=f"fk_{name}_import_id"),
            sqlite_autoincrement=True,
        )
        op.create_index(f"ix_{name}_client_id_{day}", name, ["client_id", day])
    op.create_table(
        "client_categories",
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("drawn_on", sa.Date, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("client_id", "drawn_on", name="pk_client_categories"),
    )


def downgrade() -> None:
    for name in ("client_categories", *DAY, "book_imports"):
        op.drop_table(name)
