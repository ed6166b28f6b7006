"""The policy that this process decides by, and its replacement when the book's folder changes.

A changed book is loaded aside and swapped in whole. One that is refused is told in the log with every finding, and
the version in force stays. Knows the folder, not what stands in it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import structlog

from service.metrics import Metrics
from service.opening import opened
from service.policy.findings import BookRefused
from service.policy.loader import read_folder

SETTLING_SECONDS = 0.05
"""A change counts once two readings this far apart agree: an editor may be half way through saving."""


class PolicyInForce:
    """`current` is replaced, never changed: take it once per decision. Raises BookRefused, OSError for the first."""

    def __init__(self, folder: Path, metrics: Metrics, today: Callable[[], date]) -> None:
        self._folder = folder
        self._today = today
        self._metrics = metrics
        files = read_folder(folder)
        self._seen = digest(files)
        self.current = opened(files, self._today())

    def poll(self) -> bool:
        """Looks for a changed book; whether one came into force."""
        files = self._settled()
        if files is None or (seen := digest(files)) == self._seen:
            return False
        self._seen = seen
        try:
            loaded = opened(files, self._today())
        except BookRefused as refused:
            self._metrics.reloads.labels("refused").inc()
            structlog.get_logger().error(
                "policy refused", findings=list(map(str, refused.findings)), in_force=self.current.policy.book.version
            )
            return False
        self.current = loaded
        self._metrics.reloads.labels("loaded").inc()
        structlog.get_logger().info("policy in force", book=loaded.policy.book.name, version=loaded.policy.book.version)
        return True

    def watch(self, seconds: float) -> None:
        """Polls for as long as the process lives, in a thread of its own."""

        def watching() -> None:
            while True:
                time.sleep(seconds)
                self.poll()

        threading.Thread(target=watching, name="policy-watch", daemon=True).start()

    def _settled(self) -> Mapping[str, bytes] | None:
        """The folder's files, or None while they can't be read or are being written."""
        try:
            files = read_folder(self._folder)
            if digest(files) == self._seen:
                return None
            time.sleep(SETTLING_SECONDS)
            return files if digest(read_folder(self._folder)) == digest(files) else None
        except OSError as error:
            structlog.get_logger().warning("policy folder unreadable", reason=error.strerror)
            return None


def digest(files: Mapping[str, bytes]) -> bytes:
    """Of names and bytes: also what doesn't change the version, such as comments, is seen as a change."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.digest()
