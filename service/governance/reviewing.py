"""A version put before a second pair of eyes: submitted, then approved or rejected."""

from __future__ import annotations

from service.domain.life import Life
from service.domain.people import Caller
from service.domain.steps import Kind, Step
from service.governance.refusal import Refusal, Why
from service.governance.standing import Governing, Standing
from service.governance.taking import role_refusal, step_of, taken
from service.ledger import NewStep


def submit(at: Governing, version: str, caller: Caller, note: str) -> Step | Refusal:
    return taken(at, version, Kind.SUBMITTED, lambda _, life: step_of(life, Kind.SUBMITTED, caller, note))


def approve(at: Governing, version: str, caller: Caller, note: str) -> Step | Refusal:
    """By somebody who neither drafted nor submitted it, and whose word its changes of what is in force now need."""

    def judge(standing: Standing, life: Life) -> NewStep | Refusal:
        if caller.id in life.hands():
            reason = "Whoever drafted or submitted a version can't approve it: ask somebody else."
            return Refusal(Why.AUTHORITY, "four-eyes", reason)
        required = at.requirement(standing.in_force(), version)
        return role_refusal(caller, required) or step_of(life, Kind.APPROVED, caller, note, required)

    return taken(at, version, Kind.APPROVED, judge)


def reject(at: Governing, version: str, caller: Caller, note: str) -> Step | Refusal:
    """`note`: why. Whoever submitted it may think better of it, too."""
    return taken(at, version, Kind.REJECTED, lambda _, life: step_of(life, Kind.REJECTED, caller, note))
