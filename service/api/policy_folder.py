"""The folder of a book that somebody may be editing: is it another book by now? Knows the folder, not what follows."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.opening import InForce, opened
from service.policy.findings import BookRefused, Finding, Place
from service.policy.loader import read_folder

SETTLING_SECONDS = 0.05
"""A change counts once two readings this far apart agree: an editor may be half way through saving."""


@dataclass(frozen=True, slots=True)
class Found:
    """A book that the folder held, whole."""

    in_force: InForce
    files: Mapping[str, bytes]


class PolicyFolder:
    """`name`: that a book in it must have; empty: any."""

    def __init__(self, path: Path, name: str, today: Callable[[], date]) -> None:
        self._path = path
        self._name = name
        self._today = today
        self._seen = b""

    def read(self) -> Found:
        """What it holds now. Raises BookRefused, OSError."""
        files = read_folder(self._path)
        self._seen = digest(files)
        return self._opened(files)

    def changed(self) -> Found | None:
        """What it holds if that isn't what was read last; None too while it is being written.

        Raises BookRefused, once for each state of the folder; OSError.
        """
        files = read_folder(self._path)
        seen = digest(files)
        if seen == self._seen:
            return None
        time.sleep(SETTLING_SECONDS)
        if digest(read_folder(self._path)) != seen:
            return None
        self._seen = seen
        return self._opened(files)

    def forget(self) -> None:
        """What was read last came to nothing: read it again."""
        self._seen = b""

    def _opened(self, files: Mapping[str, bytes]) -> Found:
        found = Found(opened(files, self._today()), files)
        name = found.in_force.policy.book.name
        if self._name and name != self._name:
            message = f"this book is named '{name}', and '{self._name}' is what is served here"
            raise BookRefused([Finding(Place("book.yaml", 1, 1), "other-book", message, "see POLICY_NAME")])
        self._name = name
        return found


def digest(files: Mapping[str, bytes]) -> bytes:
    """Of names and bytes: also what doesn't change the version, such as comments, is seen as a change."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.digest()
