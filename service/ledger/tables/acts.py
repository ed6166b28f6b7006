"""What was done to the record itself."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from service.ledger.tables.columns import Instant, metadata
from service.ledger.tables.policies import NUMBER

ledger_acts = Table(
    "ledger_acts",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("details", LargeBinary, nullable=False),
)
"""Append-only. `act`: a kind of `service/domain/acts.py`, which tells what `details`, JSON, then holds."""
