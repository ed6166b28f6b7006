"""Versions, steps and timelines as plain data for programs: HTTP and the command line answer the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.domain.life import Life
from service.domain.people import Role
from service.domain.steps import Kind, Step
from service.domain.timeline import Span
from service.governance.requirement import LEAST
from service.governance.standing import Governing, Standing
from service.ledger import Origin

ACTIONS = {
    Kind.CHECKED: "check",
    Kind.SUBMITTED: "submit",
    Kind.APPROVED: "approve",
    Kind.REJECTED: "reject",
    Kind.RELEASED: "release",
    Kind.WITHDRAWN: "withdraw",
    Kind.ROLLED_BACK: "roll-back",
}
"""What people call a step before it is taken."""

_BY_MATRIX = frozenset({Kind.APPROVED, Kind.RELEASED, Kind.ROLLED_BACK})


def step_data(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "step": step.kind.value,
        "at": moment(step.at),
        "by": step.by,
        "role": step.role,
        "note": step.note,
        "effective_from": step.effective_from.isoformat() if step.effective_from else None,
        "withdraws": step.withdraws,
        "details": dict(step.details),
    }


def summary_data(life: Life, standing: Standing, origin: Origin | None) -> dict[str, Any]:
    """`origin`: None for a version that only its steps tell of."""
    first = life.steps[0]
    return {
        "version": life.version,
        "book": life.book,
        "state": life.state(standing.timeline, standing.today).value,
        "author": origin.author if origin else first.by,
        "drafted_at": moment(origin.drafted_at if origin else first.at),
        "note": origin.note if origin else first.note,
        "parent": origin.parent if origin else None,
    }


def version_data(at: Governing, life: Life, standing: Standing, origin: Origin | None) -> dict[str, Any]:
    """Raises Unusable, LedgerUnavailable."""
    required = at.requirement(standing.in_force(), life.version)
    possible = life.possible(standing.timeline, standing.today)
    return {
        **summary_data(life, standing, origin),
        "steps": [step_data(step) for step in life.steps],
        "required": required.data(),
        "actions": [{"action": ACTIONS[kind], "role": _role(kind, required.role, life)} for kind in possible],
    }


def _role(kind: Kind, required: Role, life: Life) -> str:
    if kind is Kind.WITHDRAWN:
        *_, release = (step for step in life.steps if "required" in step.details and step.effective_from)
        return str(release.details["required"]["role"])
    return (required if kind in _BY_MATRIX else LEAST).value


def span_data(span: Span) -> dict[str, Any]:
    release = span.release
    return {
        "version": release.version,
        "step": release.number,
        "released_at": moment(release.at),
        "effective_from": release.effective_from.isoformat(),
        "until": span.until.isoformat() if span.until else None,
    }


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
