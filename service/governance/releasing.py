"""A version comes into force, now or on a day; a release still to come is withdrawn; an older version returns."""

from __future__ import annotations

from datetime import date

from service.domain.life import Life
from service.domain.people import Caller, Role
from service.domain.steps import Kind, Step
from service.governance.refusal import Refusal, Why
from service.governance.standing import Governing, Standing, needed_back, still_to_come
from service.governance.taking import role_refusal, step_of, taken
from service.ledger import NewStep


def release(at: Governing, version: str, caller: Caller, note: str, day: date | None) -> Step | Refusal:
    """`day`: from which on it holds; None for today, past days too.

    The approval was for a change of what was in force then. Where something else is in force by now, or on that day,
    it must still be enough for the change that the release makes.
    """

    def judge(standing: Standing, life: Life) -> NewStep | Refusal:
        effective = day or standing.today
        required = at.requirement(standing.in_force(effective), version)
        approval = life.last(Kind.APPROVED)
        if approval is None or not Role(approval.role).covers(required.role):
            reason = f"What it would replace isn't what it was approved against, and now {required.role} must agree"
            return Refusal(Why.CONFLICT, "approval-outdated", f"{reason}: submit it anew.")
        refusal = role_refusal(caller, required)
        return refusal or step_of(life, Kind.RELEASED, caller, note, required, effective)

    return taken(at, version, Kind.RELEASED, judge)


def withdraw(at: Governing, version: str, caller: Caller, note: str) -> Step | Refusal:
    """Takes back the version's last release whose day is still to come; whoever may release it may."""

    def judge(standing: Standing, life: Life) -> NewStep | Refusal:
        last = still_to_come(standing, life)
        needed = needed_back(last)
        if not caller.role.covers(needed):
            reason = f"Its release needed the role {needed}, and so does taking it back."
            return Refusal(Why.AUTHORITY, "role-too-low", reason)
        return step_of(life, Kind.WITHDRAWN, caller, note, withdraws=last.number)

    return taken(at, version, Kind.WITHDRAWN, judge)


def roll_back(at: Governing, version: str, caller: Caller, note: str, day: date | None) -> Step | Refusal:
    """A new release of a version that was in force before. Two people agreed upon it then, so nobody approves it
    again; but it takes the role that the matrix asks for the change back."""

    def judge(standing: Standing, life: Life) -> NewStep | Refusal:
        effective = day or standing.today
        if standing.in_force(effective) == version:
            reason = f"On {effective} this version is in force already: name another day."
            return Refusal(Why.CONFLICT, "already-in-force", reason)
        required = at.requirement(standing.in_force(effective), version)
        refusal = role_refusal(caller, required)
        return refusal or step_of(life, Kind.ROLLED_BACK, caller, note, required, effective)

    return taken(at, version, Kind.ROLLED_BACK, judge)
