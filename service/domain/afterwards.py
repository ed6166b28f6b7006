"""What people do to a decision after it was made: override it (practice D10), and tell how its quote ended.

The decision itself stays as it was answered; both stand beside it. Money is in minor units of the decision's currency,
percentages in basis points.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from service.domain.people import Role
from service.domain.record import record


@record
class Asked:
    """What a person decides instead; None leaves a thing as it was decided. `price`: one figure, no range."""

    price: int | None = None
    prepayment: int | None = None
    credit_days: int | None = None
    outcome: str | None = None


@record
class Wish:
    """`reason`: a code of the book that decided. `note`: in the person's own words."""

    reason: str
    note: str
    asked: Asked


@record
class Change:
    """One thing of a decision, as decided and as overridden; None where there is no such thing."""

    name: str
    old: int | str | None
    new: int | str | None


@record
class Breach:
    """A guardrail that speaks against an override, which finance answered for."""

    guardrail: str
    practice: str
    why: str


@record
class Override:
    """`changes`: what was asked for, and the amounts that follow from it. `by`: the id of who answers for it.
    `note`: None once it was erased or is no longer kept."""

    id: str
    decision_id: str
    overridden_at: datetime
    by: str
    role: Role
    reason: str
    note: str | None
    asked: Asked
    changes: tuple[Change, ...]
    breaches: tuple[Breach, ...]


@record
class KeptOverride:
    """`repeated`: the one recorded before, since it was asked for again by the same person."""

    override: Override
    repeated: bool


@record
class Seen:
    """Hassle that the work showed: counts of signals, named as in a request, and the staff's rating of the client."""

    changed_decisions: int
    cancellations: int
    scenes: int
    trifling_haggles: int
    draining_meetings: int
    teaching: int
    staff_rating: int


RESULTS = ("won", "lost", "lapsed")


@record
class Ending:
    """How a quote ended. `final_amount`: what was agreed at last, only where it was won. `why`, `hassle`: None where
    nobody told, and once they were erased or are no longer kept."""

    result: str
    final_amount: int | None
    happened_on: date
    why: str | None
    hassle: Seen | None


@record
class RecordedEnding(Ending):
    """`corrects`: the id of the one that it takes the place of. `by`: the id of who told it."""

    id: str
    decision_id: str
    recorded_at: datetime
    by: str
    corrects: str | None

    def tells(self, ending: Ending) -> bool:
        """Whether it says the same."""
        return all(getattr(self, field.name) == getattr(ending, field.name) for field in fields(Ending))


@record
class KeptEnding:
    """`repeated`: the latest said the same already."""

    ending: RecordedEnding
    repeated: bool
