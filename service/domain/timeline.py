"""Which version of a book is in force on which day, as known at which moment. Knows steps, not what a version says.

Of the releases known at a moment and not yet withdrawn then, the one with the latest effective day that isn't after
the asked day is in force; of several for one day, the one released last. So a backdated release holds only until the
next one's day, and what was in force, as known before, never changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.steps import IN_FORCE_BY, Kind, Step

FROM_THE_BEGINNING = date.min
"""The effective day of a book's very first import: every earlier day is decided by it too."""


@dataclass(frozen=True, slots=True)
class Release:
    """`number`: of the step that made it. `withdrawn_at`: None while it stands."""

    number: int
    version: str
    at: datetime
    effective_from: date
    withdrawn_at: datetime | None = None

    def known(self, moment: datetime) -> bool:
        return self.at <= moment and (self.withdrawn_at is None or moment < self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a release is in force: from its effective day to the day before `until`; None: open."""

    release: Release
    until: date | None


class Timeline:
    """`releases`: in the order in which they were made, withdrawn ones too."""

    def __init__(self, releases: Iterable[Release]) -> None:
        self.releases = tuple(releases)
        self._spans = _spans(release for release in self.releases if release.withdrawn_at is None)
        self._days = [span.release.effective_from for span in self._spans]

    def in_force(self, day: date, known_at: datetime | None = None) -> Release | None:
        """`known_at`: None for all that is known. None where no release reaches back to the day."""
        if known_at is None:
            at = bisect_right(self._days, day)
            return self._spans[at - 1].release if at else None
        known = [each for each in self.releases if each.known(known_at) and each.effective_from <= day]
        return max(known, key=_precedence, default=None)

    def spans(self, known_at: datetime | None = None) -> tuple[Span, ...]:
        """From the earliest day on; a release that another one for the same day replaced has none."""
        if known_at is None:
            return self._spans
        return _spans(release for release in self.releases if release.known(known_at))

    def span(self, day: date, known_at: datetime | None = None) -> Span | None:
        """The one that the day is in."""
        holding = (span for span in self.spans(known_at) if span.release.effective_from <= day)
        return next((span for span in holding if span.until is None or day < span.until), None)

    def scheduled(self, today: date) -> Iterator[Release]:
        """Releases that stand and whose day is still to come."""
        return (each for each in self.releases if each.withdrawn_at is None and each.effective_from > today)

    def without(self, versions: frozenset[str]) -> Timeline:
        return Timeline(release for release in self.releases if release.version not in versions)


def timeline(steps: Iterable[Step]) -> Timeline:
    """`steps`: of one book, in the order of their numbers."""
    releases: dict[int, Release] = {}
    for step in steps:
        if step.kind in IN_FORCE_BY and step.effective_from is not None:
            releases[step.number] = Release(step.number, step.version, step.at, step.effective_from)
        elif step.kind is Kind.WITHDRAWN and step.withdraws is not None:
            taken = releases[step.withdraws]
            releases[step.withdraws] = Release(taken.number, taken.version, taken.at, taken.effective_from, step.at)
    return Timeline(releases.values())


def _precedence(release: Release) -> tuple[date, int]:
    return release.effective_from, release.number


def _spans(standing: Iterable[Release]) -> tuple[Span, ...]:
    by_day = {release.effective_from: release for release in sorted(standing, key=_precedence)}
    days = [*by_day, None]
    return tuple(Span(release, until) for release, until in zip(by_day.values(), days[1:], strict=True))
