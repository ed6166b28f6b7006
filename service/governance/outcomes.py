"""How a quote ended, told by whoever made it: the ground for later learning. Knows neither HTTP nor tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from schemas.findings import Finding
from service.domain.afterwards import Ending, KeptEnding
from service.domain.people import Caller
from service.governance.overriding import NoSuchDecision, Unfit

_FURTHEST_EAST = timedelta(hours=14)
"""Wherever on earth the caller is, its day has begun."""


class Recorded(Protocol):
    """A decision as the ledger keeps it."""

    @property
    def recorded_at(self) -> datetime: ...
    @property
    def as_of(self) -> date: ...


class Endings(Protocol):
    """Where they are kept, append-only."""

    def add(self, decision_id: str, ending: Ending, by: str, id: str, now: datetime) -> KeptEnding: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """`find`: a decision by its id."""

    find: Callable[[str], Recorded | None]
    endings: Endings

    def tell(
        self, decision_id: str, ending: Ending, caller: Caller, id: str, now: datetime
    ) -> KeptEnding | NoSuchDecision | Unfit:
        """`id`: of the record to be."""
        recorded = self.find(decision_id)
        if recorded is None:
            return NoSuchDecision(decision_id)
        if findings := tuple(_faults(recorded, ending, now)):
            return Unfit(findings)
        return self.endings.add(decision_id, ending, caller.id, id, now)


def _faults(recorded: Recorded, ending: Ending, now: datetime) -> Iterator[Finding]:
    earliest, latest = min(recorded.as_of, recorded.recorded_at.date()), (now + _FURTHEST_EAST).date()
    if ending.happened_on < earliest:
        yield Finding(
            "/happened_on", "in-the-past", f"The date is before the decision, {earliest}.", "Give the day of the end."
        )  # fmt: skip
    if ending.happened_on > latest:
        yield Finding("/happened_on", "in-the-future", "The day has not come yet.", "Tell it when it has happened.")
