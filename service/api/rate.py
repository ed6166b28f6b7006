"""The rate limit per caller, counted over all workers of a service. Knows callers by an id or an address alone.

The counts lie in a file that the workers map into memory: a table of slots, one a caller and period, each with the
hash of its key, the moment at which it lapses and how often it was met. Nothing else is written of a caller.
"""

from __future__ import annotations

import fcntl
import mmap
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from schemas.problem import Problem
from service.api.problems import Refused
from service.settings import Settings

SLOTS = 8_192
PROBES = 16
"""Slots tried for a key. Where all are taken by others, the one that lapses first is given up."""

GUESSES = "60/minute"
"""Tokens and passwords that may be shown in vain from one address. Looking at a password is dear on purpose."""

_GUESS = "guess"
_SLOT = struct.Struct("<16sdQ")
_SIZE = SLOTS * _SLOT.size
SCHEME = "shared-counts"


class SharedCounts(Storage):
    """A fixed-window storage for the `limits` library. `shared-counts://` is this process's own, with a path a file."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own declaration

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        path = uri.removeprefix(f"{SCHEME}://")
        self._file = Path(path).open("r+b") if path else None  # noqa: SIM115 - lives as long as the process
        self._table = mmap.mmap(self._file.fileno() if self._file else -1, _SIZE)
        self._threads = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        return self.met(key, expiry, amount)

    def met(self, key: str, expiry: float, amount: int = 1) -> int:
        """As `incr`, which the library wraps."""
        digest = _digest(key)
        now = time.time()
        with self._alone():
            at, lapses, count = self._slot(digest, now)
            if not count:
                lapses = now + expiry
            _SLOT.pack_into(self._table, at, digest, lapses, count + amount)
        return count + amount

    def get(self, key: str) -> int:
        return self._read(key)[1]

    def get_expiry(self, key: str) -> float:
        return self._read(key)[0]

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._alone():
            self._table[:] = bytes(_SIZE)
        return None

    def clear(self, key: str) -> None:
        digest = _digest(key)
        with self._alone():
            at, _, _ = self._slot(digest, time.time())
            _SLOT.pack_into(self._table, at, digest, 0.0, 0)

    def _read(self, key: str) -> tuple[float, int]:
        digest = _digest(key)
        now = time.time()
        with self._alone():
            _, lapses, count = self._slot(digest, now)
        return (lapses, count) if count else (now, 0)

    def _slot(self, digest: bytes, now: float) -> tuple[int, float, int]:
        """Where the key's slot is, when it lapses and its count; a free slot, or one given up, counts 0."""
        start = int.from_bytes(digest[:4], "little")
        spare, spare_lapses = -1, float("inf")
        for probe in range(PROBES):
            at = (start + probe) % SLOTS * _SLOT.size
            owner, lapses, count = _SLOT.unpack_from(self._table, at)
            if lapses <= now:
                lapses, count = 0.0, 0
            elif owner == digest:
                return at, lapses, count
            if lapses < spare_lapses:
                spare, spare_lapses = at, lapses
        return spare, 0.0, 0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The file's lock holds other processes off, the thread lock this process's other threads."""
        with self._threads:
            if self._file:
                fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                if self._file:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)


@lru_cache(maxsize=SLOTS)
def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()


def prepare(path: Path) -> None:
    """Makes the file of counts, before the workers start."""
    with path.open("wb") as file:
        file.truncate(_SIZE)


class RateLimit:
    """How often anyone may ask: by name where the caller is known, else by address."""

    def __init__(self, settings: Settings) -> None:
        path = settings.shared_folder / "rates" if settings.shared_folder else ""
        self._counts = SharedCounts(f"{SCHEME}://{path}")
        self._limiter = FixedWindowRateLimiter(self._counts)
        self._all = parse(settings.rate_limit)
        self._period = self._all.get_expiry()
        self._guesses = parse(GUESSES)
        self._key = lru_cache(SLOTS)(self._all.key_for)

    def take(self, key: str) -> None:
        """Counts a request. Raises Refused beyond the limit."""
        # What the limiter's `hit` comes to, at half its cost: every request passes here.
        if self._counts.met(self._key(key), self._period) > self._all.amount:
            raise self._refused(self._all, key)

    def guessed(self, address: str) -> None:
        """Counts a token or password that was shown and not believed, or is about to be looked at."""
        self._limiter.hit(self._guesses, _GUESS, address)

    def refuse_guessers(self, address: str) -> None:
        """Raises Refused for an address that has guessed too often, before what it shows is looked at."""
        if not self._limiter.test(self._guesses, _GUESS, address):
            raise self._refused(self._guesses, _GUESS, address, of="refused tokens and passwords from one address")

    def _refused(self, limit: RateLimitItem, *key: str, of: str = "from one caller") -> Refused:
        seconds = ceil(self._limiter.get_window_stats(limit, *key).reset_time - time.time())
        detail = f"At most {limit} {of}; the header Retry-After says when to go on."
        problem = Problem(status=429, code="rate-limited", detail=detail)
        return Refused(problem, {"Retry-After": str(max(1, seconds))})
