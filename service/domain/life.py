"""How far a version of a policy has come: a fold over its recorded steps, and which steps may follow.

Knows neither what a version says nor whose word it needs (`service/governance`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.domain.steps import IN_FORCE_BY, Kind, Step
from service.domain.timeline import Release, Timeline


class State(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SCHEDULED = "scheduled"
    RELEASED = "released"
    SUPERSEDED = "superseded"


_AFTER = {
    Kind.DRAFTED: State.DRAFT,
    Kind.CHECKED: State.CHECKED,
    Kind.SUBMITTED: State.SUBMITTED,
    Kind.APPROVED: State.APPROVED,
    Kind.REJECTED: State.REJECTED,
    Kind.WITHDRAWN: State.WITHDRAWN,
}
_POSSIBLE = {
    State.DRAFT: (Kind.CHECKED,),
    State.CHECKED: (Kind.CHECKED, Kind.SUBMITTED),
    State.SUBMITTED: (Kind.APPROVED, Kind.REJECTED),
    State.APPROVED: (Kind.SUBMITTED, Kind.RELEASED),
    State.REJECTED: (Kind.CHECKED, Kind.SUBMITTED),
    State.WITHDRAWN: (Kind.CHECKED, Kind.SUBMITTED),
    State.SCHEDULED: (Kind.WITHDRAWN,),
    State.RELEASED: (),
    State.SUPERSEDED: (Kind.ROLLED_BACK,),
}


@dataclass(frozen=True, slots=True)
class Life:
    """`steps`: those of one version, in the order of their numbers; never none."""

    steps: tuple[Step, ...]

    @property
    def version(self) -> str:
        return self.steps[0].version

    @property
    def book(self) -> str:
        return self.steps[0].book

    def last(self, kind: Kind) -> Step | None:
        return next((step for step in reversed(self.steps) if step.kind is kind), None)

    def hands(self) -> frozenset[str]:
        """Who drafted or submitted it: the hands that a second pair of eyes must not belong to."""
        return frozenset(step.by for step in self.steps if step.kind in (Kind.DRAFTED, Kind.SUBMITTED))

    def state(self, timeline: Timeline, today: date) -> State:
        """`timeline`: of the whole book."""
        standing = self.standing(timeline)
        if not standing:
            return self._review()
        current = timeline.in_force(today)
        if current is not None and current.version == self.version:
            return State.RELEASED
        later = any(release.effective_from > today for release in standing)
        return State.SCHEDULED if later else State.SUPERSEDED

    def standing(self, timeline: Timeline) -> tuple[Release, ...]:
        """Its releases that aren't withdrawn."""
        return tuple(each for each in timeline.releases if each.version == self.version and each.withdrawn_at is None)

    def possible(self, timeline: Timeline, today: date) -> tuple[Kind, ...]:
        """The steps that may follow; whoever takes one needs the role for it too."""
        state = self.state(timeline, today)
        possible = _POSSIBLE[state]
        if state is State.RELEASED and any(r.effective_from > today for r in self.standing(timeline)):
            return (*possible, Kind.WITHDRAWN)
        if state is State.SCHEDULED and any(r.effective_from <= today for r in self.standing(timeline)):
            return (*possible, Kind.ROLLED_BACK)
        return possible

    def _review(self) -> State:
        """Without a release that stands, the last step tells; a version that nobody drafted counts as a draft."""
        told = [_AFTER[step.kind] for step in self.steps if step.kind not in IN_FORCE_BY]
        return told[-1] if told else State.DRAFT


def lives(steps: Iterable[Step]) -> dict[str, Life]:
    """By version, the one that came first first. `steps`: of one book, in the order of their numbers."""
    of: dict[str, list[Step]] = {}
    for step in steps:
        of.setdefault(step.version, []).append(step)
    return {version: Life(tuple(own)) for version, own in of.items()}
