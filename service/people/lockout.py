"""When a name is locked: too many attempts in a row that failed. The same for names that nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

ATTEMPTS = 5
WINDOW = timedelta(minutes=15)
"""Within which the attempts count, and for how long they lock the name."""

REACH = 2 * WINDOW
"""No attempt that is older than this matters."""


def locked(failed: Sequence[datetime], now: datetime) -> bool:
    """`failed`: attempts since the last that succeeded. Those made while it was locked aren't among them, so that
    nobody is kept out for longer by someone who goes on trying."""
    last = sorted(failed)[-ATTEMPTS:]
    return len(last) == ATTEMPTS and last[-1] - last[0] <= WINDOW and now < last[-1] + WINDOW
