"""Twice a second, in a thread of each process: what was recorded is sealed, by whichever comes first."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Sequence

import structlog

from service.ledger import LedgerUnavailable
from service.ledger.log.publishing import NotPublished, Publisher
from service.ledger.log.sealing import Sealer
from service.metrics import Metrics

PUBLISH_SECONDS = 10.0
"""Checkpoints of one process follow one another at this distance, at least; the newest covers all before it."""


class Sealing:
    """`publishers`: who is told of heads, as soon as there are new ones."""

    def __init__(self, sealer: Sealer, publishers: Sequence[Publisher], metrics: Metrics) -> None:
        self._sealer, self._publishers, self._metrics = sealer, publishers, metrics
        self._unpublished: str | None = None
        self._published_at = float("-inf")

    def watch(self, seconds: float) -> None:
        """Seals for as long as the process lives, and once more when it is stopped: requests are answered by then."""

        def watching() -> None:
            while True:
                time.sleep(seconds)
                self.seal()
                self.publish()

        threading.Thread(target=watching, name="ledger-sealer", daemon=True).start()
        atexit.register(self.seal)

    def seal(self) -> None:
        """All that waits, one seal after another."""
        try:
            while sealed := self._sealer.seal():
                head, self._unpublished = sealed
                self._metrics.sealed.inc()
                structlog.get_logger().debug("sealed", size=head.size, root=head.root.hex())
        except LedgerUnavailable as away:
            structlog.get_logger().warning("seal waits for the ledger", reason=away.reason)

    def publish(self) -> None:
        """The newest head, where it is due."""
        if self._unpublished is None or time.monotonic() - self._published_at < PUBLISH_SECONDS:
            return
        note, self._unpublished = self._unpublished, None
        self._published_at = time.monotonic()
        for publisher in self._publishers:
            try:
                publisher.publish(note)
            except NotPublished as failed:
                self._unpublished = note
                structlog.get_logger().error("checkpoint not published", target=failed.target, reason=failed.reason)
