"""A book's runtimes, kept while they are of use: of the periods that it is asked about, and of values tried last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock

from service.matching.runtime import Runtime
from service.policy.binding import bind, epoch_of, turning_days
from service.policy.book import Book
from service.policy.collecting import uncollected

MOST_RUNTIMES = 16
"""Of one book: pairs of a parameter epoch and a currency. A client may name any date, so this is bounded."""
MOST_TRIED = 4
"""Of one book with other values of its parameters. Who moves a slider there and back asks for the same ones again."""

Values = tuple[tuple[str, int], ...]
"""Parameters tried, by name, in stored units."""


class Policy:
    """A book's runtimes: one for each period in which its parameters stand, each currency and all values that are
    tried together. Safe for threads.

    One dropped for want of room is freed when its last evaluation has ended.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self._turning_days = turning_days(book)
        self._in_force, self._tried = _Kept(book, MOST_RUNTIMES), _Kept(book, MOST_TRIED)

    def runtime(self, as_of: date, currency: str, overrides: Mapping[str, int] | None = None) -> Runtime:
        """`overrides`: parameter -> value. Raises NoRate, NoValue, NoParameter, EngineLimit."""
        epoch = epoch_of(self._turning_days, as_of)
        if not overrides:
            return self._in_force.runtime(epoch, as_of, currency, ())
        return self._tried.runtime(epoch, as_of, currency, tuple(sorted(overrides.items())))


class _Kept:
    """The runtimes that were asked for last, each built once."""

    def __init__(self, book: Book, most: int) -> None:
        self._book, self._most = book, most
        self._runtimes: OrderedDict[tuple[date, str, Values], Runtime] = OrderedDict()
        self._lock, self._building = Lock(), Lock()

    def runtime(self, epoch: date, as_of: date, currency: str, values: Values) -> Runtime:
        key = (epoch, currency, values)
        runtime = self._found(key)
        if runtime is None:
            with self._building:
                runtime = self._found(key) or self._built(key, as_of)
        return runtime

    def _found(self, key: tuple[date, str, Values]) -> Runtime | None:
        with self._lock:
            runtime = self._runtimes.get(key)
            if runtime is not None:
                self._runtimes.move_to_end(key)
            return runtime

    def _built(self, key: tuple[date, str, Values], as_of: date) -> Runtime:
        _, currency, values = key
        with uncollected():
            runtime = Runtime(bind(self._book, as_of, currency, dict(values)))
        with self._lock:
            self._runtimes[key] = runtime
            if len(self._runtimes) > self._most:
                self._runtimes.popitem(last=False)
        return runtime
