"""The policy that this process decides by, and its replacement when the book's folder changes.

A changed book is loaded aside and swapped in whole. One that is refused is told in the log with every finding, and
the version in force stays: for a worker that starts anew too, since the workers keep a copy of its files where they
share their counters. Knows the folder, not what stands in it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import structlog

from service.metrics import Metrics
from service.opening import InForce, opened
from service.policy.findings import BookRefused
from service.policy.loader import read_folder

SETTLING_SECONDS = 0.05
"""A change counts once two readings this far apart agree: an editor may be half way through saving."""


class PolicyInForce:
    """`current` is replaced, never changed: take it once per decision.

    `shared`: where the workers keep the files in force; None: nowhere. Raises BookRefused, OSError where the folder
    gives no book, and no worker ever had one in force.
    """

    def __init__(self, folder: Path, shared: Path | None, metrics: Metrics, today: Callable[[], date]) -> None:
        self._folder = folder
        self._kept = shared / "book-in-force.zip" if shared else None
        self._today = today
        self._metrics = metrics
        self._seen = b""
        try:
            files = read_folder(folder)
            self._seen = digest(files)
            self.current = self._opened(files)
        except (BookRefused, OSError) as fault:
            if self._kept is None or not self._kept.exists():
                raise
            self.current = opened(_unpacked(self._kept), self._today())
            self._tell(fault)

    def poll(self) -> bool:
        """Looks for a changed book; whether one came into force."""
        files = self._settled()
        if files is None or (seen := digest(files)) == self._seen:
            return False
        self._seen = seen
        try:
            loaded = self._opened(files)
        except BookRefused as refused:
            self._metrics.reloads.labels("refused").inc()
            self._tell(refused)
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

    def _opened(self, files: Mapping[str, bytes]) -> InForce:
        loaded = opened(files, self._today())
        if self._kept:
            _pack(files, self._kept)
        return loaded

    def _tell(self, fault: BookRefused | OSError) -> None:
        if isinstance(fault, OSError):
            structlog.get_logger().warning("policy folder unreadable", reason=fault.strerror)
            return
        structlog.get_logger().error(
            "policy refused", findings=list(map(str, fault.findings)), in_force=self.current.policy.book.version
        )

    def _settled(self) -> Mapping[str, bytes] | None:
        """The folder's files, or None while they can't be read or are being written."""
        try:
            files = read_folder(self._folder)
            if digest(files) == self._seen:
                return None
            time.sleep(SETTLING_SECONDS)
            return files if digest(read_folder(self._folder)) == digest(files) else None
        except OSError as error:
            self._tell(error)
            return None


def digest(files: Mapping[str, bytes]) -> bytes:
    """Of names and bytes: also what doesn't change the version, such as comments, is seen as a change."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.digest()


def _pack(files: Mapping[str, bytes], target: Path) -> None:
    # Replaced in one step: another worker may be reading it.
    beside = target.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(beside, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    beside.replace(target)


def _unpacked(source: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
