"""The record of every decision. The only package that imports SQLAlchemy; knows neither HTTP nor policy text."""

from service.ledger.database import Database
from service.ledger.entries import Entry, KeyReused, Recorded, new_decision_id
from service.ledger.errors import LedgerUnavailable, LedgerUrlRefused
from service.ledger.ledger import Ledger
from service.ledger.migrate import migrate
from service.ledger.outcomes import Outcomes
from service.ledger.overrides import Overrides
from service.ledger.people import People, Roster

__all__ = [
    "Database",
    "Entry",
    "KeyReused",
    "Ledger",
    "LedgerUnavailable",
    "LedgerUrlRefused",
    "Outcomes",
    "Overrides",
    "People",
    "Recorded",
    "Roster",
    "migrate",
    "new_decision_id",
]
