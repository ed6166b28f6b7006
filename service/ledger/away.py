"""That a database kept someone waiting in vain, remembered for a moment: who asks meanwhile is told at once. Requests
that stand behind one another would each wait as long again, and what all threads wait for answers nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from service.ledger.errors import LedgerUnavailable

IN_VAIN_SECONDS = 1.0
"""A refusal that came sooner costs whoever asks again no more than the asking."""
MOMENT_SECONDS = 1.0


class Away:
    """Of one database, for the threads of one process."""

    def __init__(self) -> None:
        self._known: tuple[float, LedgerUnavailable] | None = None

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Around each use of the database. Raises LedgerUnavailable for the moment after a use that waited in vain."""
        begun, known = monotonic(), self._known
        if known is not None and begun < known[0]:
            raise LedgerUnavailable(known[1].database, known[1].reason)
        try:
            yield
        except LedgerUnavailable as fault:
            now = monotonic()
            if now - begun > IN_VAIN_SECONDS:
                self._known = now + MOMENT_SECONDS, fault
            raise
