"""One step in the life of a version: judged by how things stand, and written only if they still stand so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from service.domain.life import Life
from service.domain.people import Caller
from service.domain.steps import Kind, Step
from service.governance.refusal import Refusal, Why
from service.governance.requirement import Requirement
from service.governance.standing import Governing, Standing, unknown_version
from service.ledger import NewStep

Judge = Callable[[Standing, Life], NewStep | Refusal]
"""What follows upon how things stand: the step to write, or why not."""

_INSTEAD = {
    Kind.CHECKED: ("already-submitted", "Only what isn't submitted yet is checked"),
    Kind.SUBMITTED: ("not-checked", "Check it first: what is submitted has passed its check and isn't released"),
    Kind.APPROVED: ("not-submitted", "Only what is submitted can be approved"),
    Kind.REJECTED: ("not-submitted", "Only what is submitted can be rejected"),
    Kind.RELEASED: ("not-approved", "Only what is approved can be released; an older version is rolled back to"),
    Kind.WITHDRAWN: ("not-scheduled", "Only a release whose day is still to come can be withdrawn; later, roll back"),
    Kind.ROLLED_BACK: ("not-superseded", "Only a version that was in force and no longer is can be rolled back to"),
}


def taken(at: Governing, version: str, kind: Kind, judge: Judge) -> Step | Refusal:
    """Raises Unusable, LedgerUnavailable."""
    book = at.book_of(version)
    if isinstance(book, Refusal):
        return book
    while True:
        steps = at.register.steps(book)
        standing = at.standing(steps)
        refusal = impossible(standing, version, kind)
        if refusal:
            return refusal
        step = judge(standing, standing.lives[version])
        if isinstance(step, Refusal):
            return step
        written = at.register.append(step, steps[-1].number, at.now())
        if written:
            return written


def impossible(standing: Standing, version: str, kind: Kind) -> Refusal | None:
    """Why no such step can follow, whoever asks for it."""
    life = standing.lives.get(version)
    if life is None:
        return unknown_version(version)
    if kind in life.possible(standing.timeline, standing.today):
        return None
    code, rule = _INSTEAD[kind]
    return Refusal(Why.CONFLICT, code, f"{rule}; this version is {life.state(standing.timeline, standing.today)}.")


def role_refusal(caller: Caller, required: Requirement) -> Refusal | None:
    if caller.role.covers(required.role):
        return None
    return Refusal(Why.AUTHORITY, "role-too-low", f"This needs the role {required.role}: {_because(required)}.")


def _because(required: Requirement) -> str:
    """The changes that need the most."""
    if required.against is None:
        return "nothing readable is in force yet that would ask for less"
    named = [f"{b.subject} {b.name}".strip() for b in required.because if b.by is required.role]
    return f"it changes {', '.join(dict.fromkeys(named))}" if named else "so does every change"


def step_of(
    life: Life,
    kind: Kind,
    caller: Caller,
    note: str,
    required: Requirement | None = None,
    effective_from: date | None = None,
    withdraws: int | None = None,
) -> NewStep:
    return NewStep(
        book=life.book,
        version=life.version,
        kind=kind,
        by=caller.id,
        role=caller.role.value,
        note=note,
        effective_from=effective_from,
        withdraws=withdraws,
        details={} if required is None else {"required": required.data()},
    )


def newest(steps: Sequence[Step]) -> int:
    return steps[-1].number if steps else 0
