"""The policy that this process decides by: it follows the releases in the ledger, and with them its fellows.

A version is opened aside and swapped in whole. One that can't be opened is passed over: what was in force before it
goes on deciding, and log and metrics tell. A book in a watched folder becomes a release like any other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import islice

import structlog

from service.api import policy_log
from service.api.followed import Followed
from service.api.policy_folder import Found, PolicyFolder
from service.domain.life import State, lives
from service.domain.steps import Step
from service.domain.timeline import Timeline, timeline
from service.governance.editions import Unusable
from service.governance.importing import import_changed
from service.governance.standing import Governing
from service.ledger import LedgerUnavailable
from service.metrics import Metrics
from service.opened_versions import OpenedVersions
from service.opening import InForce
from service.policy.findings import BookRefused

FRESH_SECONDS = 2.0
"""Knowledge of the ledger that is older than this decides nothing."""

MOST_AHEAD = 4
"""Versions that are opened before they are released."""


class NothingInForce(Exception):
    """The ledger holds no version of the book that could decide today."""

    def __init__(self, book: str) -> None:
        self.book = book
        super().__init__(f"no usable version of the book {book} is in force")


class PolicyInForce:
    """Safe for threads. `folder`: None where only releases in the ledger count. `watched`: whether `watch` runs."""

    def __init__(
        self, book: str, governing: Governing, metrics: Metrics, folder: PolicyFolder | None, watched: bool
    ) -> None:
        self.book = book
        self._governing = governing
        self._metrics = metrics
        self._folder = folder
        self._watched = watched
        self.opened = OpenedVersions(governing.register, self._utc_day)
        self._polling = threading.Lock()
        self._followed: Followed | None = None
        self._looked, self._looked_at = float("-inf"), datetime.min.replace(tzinfo=UTC)
        self._failed, self._failure = float("-inf"), LedgerUnavailable("", "")

    @property
    def current(self) -> InForce:
        """Who decides today. Raises LedgerUnavailable, NothingInForce."""
        return self.followed().current

    def followed(self, since: datetime | None = None) -> Followed:
        """`since`: a moment that must have been passed when the ledger was last asked.

        Raises LedgerUnavailable where it must be asked and can't be, NothingInForce.
        """
        known = self._followed
        if known is None or (since is not None and since >= self._looked_at) or self._stale(time.monotonic()):
            return self._asked(since)
        return known

    def start(self, found: Found | None) -> None:
        """The first look. `found`: what the folder holds. A ledger that is away is asked again by every request.

        Raises NothingInForce.
        """
        try:
            with self._polling:
                if found:
                    self._taken(found)
                self._look()
        except LedgerUnavailable as away:
            policy_log.away(away)

    def poll(self) -> bool:
        """Looks at the folder and the ledger; whether another version came into force.

        Raises LedgerUnavailable, NothingInForce.
        """
        self._look_at_folder()
        before = self._followed
        with self._polling:
            after = self._look()
        return before is None or before.current.checks.version != after.current.checks.version

    def watch(self, seconds: float) -> None:
        """Polls for as long as the process lives, in a thread of its own."""

        def watching() -> None:
            ready: Followed | None = None
            while True:
                time.sleep(seconds)
                try:
                    self.poll()
                except LedgerUnavailable as away:
                    policy_log.away(away)
                except NothingInForce as nothing:
                    structlog.get_logger().error("no policy in force", reason=str(nothing))
                else:
                    if ready is not self._followed and self._followed is not None:
                        ready = self._followed
                        self._open_ahead(ready)

        threading.Thread(target=watching, name="policy-watch", daemon=True).start()

    def _stale(self, now: float) -> bool:
        return self._watched and now - self._looked > FRESH_SECONDS

    def _asked(self, since: datetime | None) -> Followed:
        """By one thread; those that waited for it share what it found, a failure too."""
        arrived = time.monotonic()
        with self._polling:
            if self._failed > arrived:
                raise self._failure
            known = self._followed
            if known is not None and self._looked > arrived and (since is None or since < self._looked_at):
                return known
            try:
                return self._look()
            except LedgerUnavailable as away:
                self._failed, self._failure = time.monotonic(), away
                raise

    def _look(self) -> Followed:
        """`_polling` is held."""
        began, began_at = time.monotonic(), self._governing.now()
        known = self._followed
        newest = self._governing.register.newest_step(self.book)
        today = self._today(known)
        if known is None or (known.newest, known.today) != (newest, today):
            after = self._followed = self._following(self._governing.register.steps(self.book), today)
            if known is not None and known.current is not after.current:
                policy_log.swapped(self._metrics, after.current)
            known = after
        self._looked, self._looked_at = began, began_at
        return known

    def _following(self, steps: Sequence[Step], today: date) -> Followed:
        times = timeline(steps)
        passed_over: frozenset[str] = frozenset()
        while True:
            release = times.without(passed_over).in_force(today)
            if release is None:
                raise NothingInForce(self.book)
            try:
                current = self.opened.of(release.version)
            except Unusable as unusable:
                passed_over |= {unusable.version}
                policy_log.passed_over(self._metrics, unusable)
                continue
            ahead = _ahead(steps, times, today)
            newest = steps[-1].number
            return Followed(newest, today, times, current, passed_over, ahead, self.opened)

    def _today(self, known: Followed | None) -> date:
        return self._utc_day() if known is None else self._governing.now().astimezone(known.zone).date()

    def _utc_day(self) -> date:
        return self._governing.now().astimezone(UTC).date()

    def _look_at_folder(self) -> None:
        if self._folder is None:
            return
        try:
            found = self._folder.changed()
        except BookRefused as refused:
            known = self._followed
            policy_log.refused(self._metrics, refused, known.current if known else None)
        except OSError as error:
            policy_log.unreadable(error)
        else:
            if found:
                self._taken(found)

    def _taken(self, found: Found) -> None:
        try:
            import_changed(self._governing, found.in_force.policy.book, found.files)
        except LedgerUnavailable:
            if self._folder is not None:
                self._folder.forget()
            raise
        self.opened.put(found.in_force)

    def _open_ahead(self, followed: Followed) -> None:
        for version in followed.ahead:
            try:
                self.opened.of(version)
            except Unusable as unusable:
                policy_log.passed_over(self._metrics, unusable)
            except LedgerUnavailable:
                return  # told by the next look


def _ahead(steps: Sequence[Step], times: Timeline, today: date) -> tuple[str, ...]:
    """Approved and scheduled versions, the latest first."""
    known = reversed(lives(steps).values())
    waiting = (life.version for life in known if life.state(times, today) in (State.APPROVED, State.SCHEDULED))
    return tuple(islice(waiting, MOST_AHEAD))
