"""The ledger's tables as they are now. How a database gets there is written in `migrations/`;
a test compares the two.
"""

from service.ledger.tables.acts import ledger_acts
from service.ledger.tables.clients import (
    book_imports,
    client_categories,
    client_incidents,
    client_invoices,
    client_payments,
    client_services,
)
from service.ledger.tables.columns import metadata
from service.ledger.tables.decisions import BODY, client_keys, concessions, decisions, outcomes, overrides
from service.ledger.tables.log import checkpoints, ledger_keys, log, log_nodes, log_waiting
from service.ledger.tables.people import service_keys, sessions, sign_ins, tokens, users
from service.ledger.tables.policies import policy_origins, policy_steps, policy_versions, shadow_results, shadow_runs

__all__ = [
    "BODY",
    "book_imports",
    "checkpoints",
    "client_categories",
    "client_incidents",
    "client_invoices",
    "client_keys",
    "client_payments",
    "client_services",
    "concessions",
    "decisions",
    "ledger_acts",
    "ledger_keys",
    "log",
    "log_nodes",
    "log_waiting",
    "metadata",
    "outcomes",
    "overrides",
    "policy_origins",
    "policy_steps",
    "policy_versions",
    "service_keys",
    "sessions",
    "shadow_results",
    "shadow_runs",
    "sign_ins",
    "tokens",
    "users",
]
