"""Stored versions ready to decide, those that were asked for last. Knows versions by id, not which is in force."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from service.governance.editions import Unusable, stored_files
from service.ledger import PolicyRegister
from service.opening import InForce, opened
from service.policy.findings import BookRefused

MOST_OPENED = 8
"""About two megabytes each. One that is let go is freed when the last decision by it has been made."""


class OpenedVersions:
    """Safe for threads."""

    def __init__(self, register: PolicyRegister, today: Callable[[], date]) -> None:
        self._register = register
        self._today = today
        self._kept: OrderedDict[str, InForce] = OrderedDict()
        self._lock = Lock()
        self._opening = Lock()

    def of(self, version: str) -> InForce:
        """Raises Unusable, LedgerUnavailable."""
        return self._known(version) or self._opened(version)

    def put(self, in_force: InForce) -> None:
        """One that was opened elsewhere."""
        with self._lock:
            self._kept[in_force.policy.book.version] = in_force
            if len(self._kept) > MOST_OPENED:
                self._kept.popitem(last=False)

    def _known(self, version: str) -> InForce | None:
        with self._lock:
            found = self._kept.get(version)
            if found is not None:
                self._kept.move_to_end(version)
            return found

    def _opened(self, version: str) -> InForce:
        with self._opening:
            found = self._known(version)
            if found is None:
                files = stored_files(self._register, version)
                try:
                    found = opened(files, self._today())
                except BookRefused as refused:
                    raise Unusable(version, f"this service refuses it: {refused.findings[0]}") from refused
                self.put(found)
            return found
