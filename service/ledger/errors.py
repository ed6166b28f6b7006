"""Faults of the ledger. An expected refusal (a key used twice) is a value, in `entries.py`."""

from __future__ import annotations


class LedgerUnavailable(Exception):
    """The database is away, full, locked, read-only or not migrated. Nothing of the transaction was written,
    unless the connection broke during the commit itself: then the same idempotency key tells which.

    `database`: its URL without the password.
    """

    def __init__(self, database: str, reason: str) -> None:
        self.database = database
        self.reason = reason
        super().__init__(f"the ledger {database} can't be used: {reason}")


class LedgerUrlRefused(ValueError):
    """A database URL that the ledger can't work with."""

    def __init__(self, database: str, reason: str) -> None:
        self.database = database
        self.reason = reason
        super().__init__(f"the database URL {database} is refused: {reason}")
