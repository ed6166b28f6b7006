"""Once a day, in a thread of each process: whatever is older than it is kept is dropped, by whoever comes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime

import structlog

from service.domain.people import SYSTEM
from service.ledger import LedgerUnavailable
from service.ledger.retention import Retention

LOOK_SECONDS = 600.0
"""How often the thread looks whether another day has begun."""


class Retaining:
    def __init__(self, retention: Retention, days: int, now: Callable[[], datetime]) -> None:
        self._retention, self._days, self._now = retention, days, now
        self._done: date | None = None

    def watch(self) -> None:
        """Drops for as long as the process lives."""

        def watching() -> None:
            while True:
                self.look()
                time.sleep(LOOK_SECONDS)

        threading.Thread(target=watching, name="ledger-retention", daemon=True).start()

    def look(self) -> None:
        """Does the day's work, unless this process has."""
        now = self._now()
        if now.date() == self._done:
            return
        try:
            dropped = self._retention.drop(self._days, SYSTEM.id, now)
        except LedgerUnavailable as away:
            structlog.get_logger().warning("retention waits for the ledger", reason=away.reason)
            return
        self._done = now.date()
        if dropped:
            structlog.get_logger().info("retention", dropped=dropped, days=self._days)
