"""How a book's versions stand at a moment: their lives, what is in force, what a change would need. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from threading import Lock
from zoneinfo import ZoneInfo

from service.domain.authority import ApprovalMatrix
from service.domain.life import Life, lives
from service.domain.people import Role
from service.domain.steps import Step
from service.domain.timeline import Timeline, timeline
from service.governance.diff.books import book_diff
from service.governance.editions import Editions, Unusable
from service.governance.refusal import Refusal, Why
from service.governance.requirement import Requirement, first_version, required
from service.ledger import PolicyRegister

MOST_REQUIREMENTS = 256


@dataclass(frozen=True, slots=True)
class Standing:
    """`today`: in the time zone of the book in force."""

    lives: dict[str, Life]
    timeline: Timeline
    today: date

    def in_force(self, day: date | None = None) -> str | None:
        release = self.timeline.in_force(day or self.today)
        return release.version if release else None


def still_to_come(standing: Standing, life: Life) -> Step:
    """The step that a withdrawal takes back: the version's last release whose day is still to come. There is one."""
    *_, last = (each for each in standing.timeline.scheduled(standing.today) if each.version == life.version)
    return next(step for step in life.steps if step.number == last.number)


def needed_back(release: Step) -> Role:
    """Whose word takes a release back. Of an import, which is to come only where a clock was set back, nobody's was
    asked."""
    required = release.details.get("required")
    return Role(required["role"]) if required else ApprovalMatrix().default


class Governing:
    """What the steps in the life of a version work with. `now`: the clock, aware. Safe for threads."""

    def __init__(self, register: PolicyRegister, now: Callable[[], datetime]) -> None:
        self.register = register
        self.now = now
        self.editions = Editions(register)
        self._requirements: dict[tuple[str, str], Requirement] = {}
        self._lock = Lock()

    def book_of(self, version: str) -> str | Refusal:
        """Of a version that has a life; others were only ever named by a decision."""
        stored = self.register.version(version)
        if stored is None:
            return unknown_version(version)
        return stored.book

    def standing(self, steps: Sequence[Step]) -> Standing:
        """`steps`: of one book, in the order of their numbers."""
        times = timeline(steps)
        today = self.now().astimezone(self._zone(times)).date()
        return Standing(lives(steps), times, today)

    def requirement(self, against: str | None, version: str) -> Requirement:
        """Whose word it needs that `version` follows `against`. One that can't be read any more protects nothing,
        so then the strictest counts. Raises Unusable where `version` itself is."""
        if against is None:
            return first_version()
        key = (against, version)
        known = self._requirements.get(key)
        if known is None:
            known = self._compared(against, version)
            with self._lock:
                if len(self._requirements) >= MOST_REQUIREMENTS:
                    self._requirements.clear()
                self._requirements[key] = known
        return known

    def _compared(self, against: str, version: str) -> Requirement:
        after = self.editions.of(version)
        try:
            before = self.editions.of(against)
        except Unusable:
            return first_version()
        return required(book_diff(before, after), before.book, after.book, before.book.governance.matrix)

    def _zone(self, times: Timeline) -> tzinfo:
        """The zone's own day may differ from that of UTC by one, which here makes no other book."""
        release = times.in_force(self.now().astimezone(UTC).date())
        if release is None:
            return UTC
        try:
            return ZoneInfo(self.editions.of(release.version).book.time_zone)
        except Unusable:
            return UTC


def unknown_version(version: str) -> Refusal:
    return Refusal(Why.ABSENT, "no-such-version", f"There is no policy version {version}: GET /policies lists them.")
