"""Where this process takes its policy from, by its settings: a folder that is imported, or the ledger alone."""

from __future__ import annotations

from datetime import UTC

from service.api import policy_log
from service.api.policy_folder import PolicyFolder
from service.api.policy_in_force import PolicyInForce
from service.governance.served import NotServed, served_book
from service.governance.standing import Governing
from service.ledger import LedgerUnavailable
from service.metrics import Metrics
from service.policy.findings import BookRefused
from service.settings import FOLDER, Settings


class NoPolicy(Exception):
    """Which book is to be served can't be told."""

    def __init__(self, why: NotServed) -> None:
        self.why = why
        super().__init__(why.reason)


def policy_in_force(settings: Settings, governing: Governing, metrics: Metrics) -> PolicyInForce:
    """After its first look. Raises NoPolicy, NothingInForce, LedgerUnavailable; BookRefused, OSError where the folder
    gives no book and the ledger doesn't hold one either."""
    folder, found = None, None
    name = settings.policy_name
    if settings.policy_source == FOLDER:
        folder = PolicyFolder(settings.policy_book, name, lambda: governing.now().astimezone(UTC).date())
        try:
            found = folder.read()
            name = found.in_force.policy.book.name
        except (BookRefused, OSError) as fault:
            name = _released(governing, name, fault)
            _tell(metrics, fault)
    elif not name:
        name = _named(governing, "")
    policy = PolicyInForce(name, governing, metrics, folder, watched=settings.policy_poll_seconds > 0)
    policy.start(found)
    return policy


def _released(governing: Governing, name: str, fault: BookRefused | OSError) -> str:
    """A worker that starts anew beside a folder that somebody broke decides as its fellows do."""
    try:
        return _named(governing, name)
    except (NoPolicy, LedgerUnavailable):
        raise fault from None


def _named(governing: Governing, name: str) -> str:
    book = served_book(governing.register, name, governing.now().astimezone(UTC).date())
    if isinstance(book, NotServed):
        raise NoPolicy(book)
    return book


def _tell(metrics: Metrics, fault: BookRefused | OSError) -> None:
    if isinstance(fault, OSError):
        policy_log.unreadable(fault)
    else:
        policy_log.refused(metrics, fault, None)
