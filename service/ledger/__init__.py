"""The record of decisions, and of policy versions. The only package that imports SQLAlchemy; knows no policy text."""

from service.ledger.database import Database
from service.ledger.entries import Entry, Given, KeyReused, Recorded, new_decision_id
from service.ledger.erasures import Erasures, NoSuchClient
from service.ledger.errors import LedgerUnavailable, LedgerUrlRefused
from service.ledger.ledger import Ledger
from service.ledger.migrate import migrate
from service.ledger.outcomes import Outcomes
from service.ledger.overrides import Overrides
from service.ledger.people import People, Roster
from service.ledger.policies import Kept, NewStep, Origin, PolicyRegister, StoredVersion

__all__ = [
    "Database",
    "Entry",
    "Erasures",
    "Given",
    "Kept",
    "KeyReused",
    "Ledger",
    "LedgerUnavailable",
    "LedgerUrlRefused",
    "NewStep",
    "NoSuchClient",
    "Origin",
    "Outcomes",
    "Overrides",
    "People",
    "PolicyRegister",
    "Recorded",
    "Roster",
    "StoredVersion",
    "migrate",
    "new_decision_id",
]
