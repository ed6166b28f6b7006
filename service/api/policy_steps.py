"""POST /policies and below: the steps in the life of a version. Who may take which is told by `service/governance`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from schemas.findings import Finding, child
from schemas.loading import load_body
from schemas.policies import DraftSchema, NoteSchema, ReleaseSchema, RollBackSchema, WhySchema
from schemas.policy_answers import VersionSchema
from schemas.problem import Problem
from schemas.shapes import Strict
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.documented import JSON, answers, created
from service.api.policies import answered, found, told
from service.api.problems import Refused, of_refusal
from service.api.services import Services, services
from service.domain.people import Caller, Role
from service.domain.steps import IN_FORCE_BY, Step
from service.governance import drafting, releasing, reviewing
from service.governance.checking import Checked
from service.governance.refusal import Refusal
from service.governance.standing import Governing
from service.policy import findings as book_findings
from service.policy.findings import BookRefused

blueprint = Blueprint("policy-steps", __name__, description="From a draft of the policy to its release.")
_DRAFT = {"files": {"book.yaml": "name: agency\n..."}, "note": "Give trusted clients a week longer to pay"}
_NOTE = {"note": "The bank's new terms"}
TAKEN: dict[str, tuple[type[Strict], Callable[[Governing, str, Caller, Any], Step | Refusal]]] = {
    "submit": (NoteSchema, lambda at, version, by, body: reviewing.submit(at, version, by, body.note)),
    "approve": (NoteSchema, lambda at, version, by, body: reviewing.approve(at, version, by, body.note)),
    "reject": (WhySchema, lambda at, version, by, body: reviewing.reject(at, version, by, body.note)),
    "release": (
        ReleaseSchema,
        lambda at, version, by, body: releasing.release(at, version, by, body.note, body.effective_from),
    ),
    "withdraw": (WhySchema, lambda at, version, by, body: releasing.withdraw(at, version, by, body.note)),
    "roll-back": (
        RollBackSchema,
        lambda at, version, by, body: releasing.roll_back(at, version, by, body.note, body.effective_from),
    ),
}
"""By what people call it, a step that somebody answers for: what it is told, and how it is taken."""

_ERRORS = (400, 404, 409, 413, 415, 422, 429, 500, 503)


def _documented(schema: type[Strict], example: dict[str, Any]) -> dict[str, Any]:
    return {
        "requestBody": documented.body(schema, JSON, example),
        "responses": answers("The version after the step.", JSON, VersionSchema, *_ERRORS),
    }


@blueprint.route("/policies", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(DraftSchema, JSON, _DRAFT),
    responses=created("The version.", "The same content was drafted before: that version.", VersionSchema, *_ERRORS),
)
@needs(Role.MANAGER)
def draft() -> Response:
    """Draft a version. The same content is the same version, whoever drafts it."""
    at = services()
    body = load_body(DraftSchema(), bodies.body(at.settings.max_batch_bytes, JSON))
    try:
        drafted = drafting.draft(at.governing, body.encoded(), caller(), body.note, body.parent, at.policy.book)
    except BookRefused as refused:
        raise Refused(_book_refused(refused.findings)) from refused
    if isinstance(drafted, Refusal):
        raise Refused(of_refusal(drafted))
    answer = answered(told(at, drafted.version), 201 if drafted.new else 200)
    answer.headers["Location"] = f"/policies/{drafted.version}"
    return answer


@blueprint.route("/policies/<version>/check", methods=["POST"])
@blueprint.doc(**_documented(NoteSchema, {}))
@needs(Role.MANAGER)
def check(version: str) -> Response:
    """Check a version as `quotewright check` does, its cases included. Recorded where it passes."""
    at = services()
    _body(NoteSchema())
    found(at, version)
    return _after(version, drafting.check(at.governing, version, caller()))


@blueprint.route("/policies/<version>/submit", methods=["POST"])
@blueprint.doc(**_documented(NoteSchema, _NOTE))
@needs(Role.MANAGER, accountable=True)
def submit(version: str) -> Response:
    """Put a checked version before a second pair of eyes."""
    return _taken("submit", version)


@blueprint.route("/policies/<version>/approve", methods=["POST"])
@blueprint.doc(**_documented(NoteSchema, _NOTE))
@needs(Role.MANAGER, accountable=True)
def approve(version: str) -> Response:
    """Agree to a version that somebody else drafted and submitted."""
    return _taken("approve", version)


@blueprint.route("/policies/<version>/reject", methods=["POST"])
@blueprint.doc(**_documented(WhySchema, {"note": "A week is too long for new clients"}))
@needs(Role.MANAGER, accountable=True)
def reject(version: str) -> Response:
    """Send a submitted version back, with the reason."""
    return _taken("reject", version)


@blueprint.route("/policies/<version>/release", methods=["POST"])
@blueprint.doc(**_documented(ReleaseSchema, {"effective_from": "2026-07-01"}))
@needs(Role.MANAGER, accountable=True)
def release(version: str) -> Response:
    """Put an approved version in force from a day on: today, a day to come, or a past one."""
    return _taken("release", version)


@blueprint.route("/policies/<version>/withdraw", methods=["POST"])
@blueprint.doc(**_documented(WhySchema, {"note": "The bank has put it off"}))
@needs(Role.MANAGER, accountable=True)
def withdraw(version: str) -> Response:
    """Take back a release whose day is still to come, with the reason."""
    return _taken("withdraw", version)


@blueprint.route("/policies/<version>/roll-back", methods=["POST"])
@blueprint.doc(**_documented(RollBackSchema, {"note": "Clients left"}))
@needs(Role.MANAGER, accountable=True)
def roll_back(version: str) -> Response:
    """Put a version in force again that was superseded, with the reason."""
    return _taken("roll-back", version)


def _taken(name: str, version: str) -> Response:
    at = services()
    schema, taking = TAKEN[name]
    body = _body(schema())
    found(at, version)
    return _after(version, taking(at.governing, version, caller(), body))


def _body(schema: Strict) -> Any:
    return load_body(schema, bodies.body(services().settings.max_body_bytes, JSON))


def _after(version: str, taken: Step | Checked | Refusal) -> Response:
    at = services()
    match taken:
        case Refusal():
            raise Refused(of_refusal(taken))
        case Checked():
            raise Refused(_book_refused(taken.errors))
    followed(at, taken)
    return answered(told(at, version))


def followed(at: Services, taken: Step) -> None:
    """This worker decides by what a step has put in force before it is told of."""
    if taken.kind in IN_FORCE_BY:
        at.policy.followed(since=at.now())


def _book_refused(found: tuple[book_findings.Finding, ...]) -> Problem:
    """A place in a file of the book becomes a pointer into the body that a draft has; line and column are told."""
    count = f"{len(found)} finding{'s' if len(found) > 1 else ''}"
    return Problem(
        status=422,
        code="book-refused",
        detail=f"The book is refused as a whole: {count}; docs/errors.md explains each code.",
        findings=[_pointed(finding) for finding in found],
    )


def _pointed(finding: book_findings.Finding) -> Finding:
    file, line, column = finding.place
    subject = f"[{finding.subject}] " if finding.subject else ""
    message = f"line {line}, column {column}: {subject}{finding.message}"
    return Finding(child("/files", file), finding.code, message, finding.suggestion)
