"""Whose turn it is to write to a SQLite file. Processes queue on a file lock, which the kernel hands on in order;
SQLite's own lock is polled, so that under load some writer waits for seconds. Knows nothing of what is written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class Turn:
    """One process's place in the queue for the file `path`, which is made if need be and never removed.

    A process that dies gives its turn back. Not a safeguard: whoever doesn't take turns is still kept apart by
    SQLite. Close it before a fork, since a child would share the parent's turn.

    `patience`: seconds that a thread waits for the others of its process. One waits for other processes at a time,
    as long as these wait for the database; so a database that is locked for long doesn't use up every thread.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._lock = Lock()
        self._file: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Waits for the turn and holds it. Raises OSError where the file can't be made, TimeoutError."""
        if not self._lock.acquire(timeout=self._patience):
            raise TimeoutError("too many writers are waiting")
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None
