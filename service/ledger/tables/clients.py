"""The firm's own books of its clients, as they were imported: payments, invoices, services delivered, incidents.

What the firm's bookkeeping says, brought in again and again; so none of it is in the log that proves decisions. What a
decision took from here is recorded with the decision.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from service.ledger.tables.columns import Instant, metadata
from service.ledger.tables.policies import NUMBER

book_imports = Table(
    "book_imports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=True),
    Column("report", LargeBinary, nullable=True),
)
"""`source`: the file's name. `report`: JSON, what became of its rows and their sums; null while it is under way, and
for ever where it was killed."""


def _row() -> tuple[Column[object], ...]:
    """`number` rises as rows come in, and is never used again. `digest`: what makes a row the same one when it comes
    again."""
    return (
        Column("number", NUMBER, primary_key=True, autoincrement=True),
        Column("digest", LargeBinary, nullable=False, unique=True),
        Column("import_id", Text, ForeignKey("book_imports.id"), nullable=False),
        Column("client_id", Text, nullable=True),
    )


client_payments = Table(
    "client_payments",
    metadata,
    *_row(),
    Column("day", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Index(None, "client_id", "day"),
    sqlite_autoincrement=True,
)
"""Money received on a day, in minor units; below zero what was paid back. Without a client it is in totals alone."""

client_invoices = Table(
    "client_invoices",
    metadata,
    *_row(),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("paid_on", Date, nullable=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Index(None, "client_id", "issued_on"),
    sqlite_autoincrement=True,
)
"""One of each number: what is imported later takes its place. `paid_on`: null while it is open."""

client_services = Table(
    "client_services",
    metadata,
    *_row(),
    Column("day", Date, nullable=False),
    Column("units", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Index(None, "client_id", "day"),
    sqlite_autoincrement=True,
)
"""A service delivered. `units`: how many of what the firm counts. `cost`: of the work and of serving the client, in
minor units."""

client_incidents = Table(
    "client_incidents",
    metadata,
    *_row(),
    Column("day", Date, nullable=False),
    Column("signal", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Index(None, "client_id", "day"),
    sqlite_autoincrement=True,
)
"""Signals of hassle (P3), by the names that a request has for them."""

client_categories = Table(
    "client_categories",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("drawn_on", Date, primary_key=True),
    Column("category", Text, nullable=False),
)
"""Lists as they were drawn (C1, C2): of a day all clients, and each day's own."""
