"""Tokens that were found good a moment ago: asking the database of each request would cost more than deciding it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from service.domain.people import Caller
from service.ledger import People
from service.people.tokens import TokenRefused, authenticated

SECONDS = 1.0
"""For how long a process that has just seen a token believes it after it was revoked, or its user may less."""

MOST = 10_000


class Bearers:
    """`ticks`: seconds that never run backwards. What is refused isn't remembered."""

    def __init__(
        self, people: People, now: Callable[[], datetime], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._people = people
        self._now = now
        self._ticks = ticks
        self._good: dict[bytes, tuple[Caller, float]] = {}

    def remembered(self, text: str) -> Caller | None:
        caller, until = self._good.get(_key(text), (None, 0.0))
        return caller if self._ticks() < until else None

    def asked(self, text: str) -> Caller | TokenRefused:
        """Raises LedgerUnavailable."""
        until = self._ticks() + SECONDS  # from before the question: what is answered may be old by then
        found = authenticated(self._people, text, self._now())
        if isinstance(found, Caller):
            if len(self._good) >= MOST:
                self._good = {}
            self._good[_key(text)] = (found, until)
        return found


def _key(text: str) -> bytes:
    """A digest, so that no dump of the process's memory lists tokens."""
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
