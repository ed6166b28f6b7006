"""Versions, steps and timelines as plain data for programs: HTTP and the command line answer the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.domain.life import Life
from service.domain.people import Role
from service.domain.steps import Kind, Step
from service.domain.timeline import Span
from service.governance.requirement import LEAST
from service.governance.standing import Governing, Standing, needed_back, still_to_come
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

Names = Mapping[str, str]
"""Ids of people to their names, which never change; others, such as `system`, are called by their id."""

_BY_MATRIX = frozenset({Kind.APPROVED, Kind.RELEASED, Kind.ROLLED_BACK})


def step_data(step: Step, names: Names) -> dict[str, Any]:
    return {
        "number": step.number,
        "step": step.kind.value,
        "at": moment(step.at),
        "by": step.by,
        "by_name": names.get(step.by, step.by),
        "role": step.role,
        "note": step.note,
        "effective_from": step.effective_from.isoformat() if step.effective_from else None,
        "withdraws": step.withdraws,
        "details": dict(step.details),
    }


def summary_data(life: Life, standing: Standing, origin: Origin | None, names: Names) -> dict[str, Any]:
    """`origin`: None for a version that only its steps tell of."""
    first = life.steps[0]
    author = origin.author if origin else first.by
    return {
        "version": life.version,
        "book": life.book,
        "state": life.state(standing.timeline, standing.today).value,
        "author": author,
        "author_name": names.get(author, author),
        "drafted_at": moment(origin.drafted_at if origin else first.at),
        "note": origin.note if origin else first.note,
        "parent": origin.parent if origin else None,
    }


def version_data(at: Governing, life: Life, standing: Standing, origin: Origin | None, names: Names) -> dict[str, Any]:
    """Raises Unusable, LedgerUnavailable."""
    required = at.requirement(standing.in_force(), life.version)
    possible = life.possible(standing.timeline, standing.today)
    return {
        **summary_data(life, standing, origin, names),
        "steps": [step_data(step, names) for step in life.steps],
        "required": required.data(),
        "actions": [{"action": ACTIONS[kind], "role": _role(kind, required.role, life, standing)} for kind in possible],
    }


def _role(kind: Kind, required: Role, life: Life, standing: Standing) -> str:
    if kind is Kind.WITHDRAWN:
        return needed_back(still_to_come(standing, life)).value
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


def in_force_data(book: str, as_of: date, known_at: datetime | None, span: Span) -> dict[str, Any]:
    return {"book": book, "as_of": as_of.isoformat(), "known_at": _known(known_at), **span_data(span)}


def timeline_data(book: str, standing: Standing, known_at: datetime | None) -> dict[str, Any]:
    spans = [span_data(span) for span in standing.timeline.spans(known_at)]
    return {"book": book, "known_at": _known(known_at), "timeline": spans}


def _known(at: datetime | None) -> str | None:
    return moment(at) if at else None


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
