"""POST /decisions/{id}/override and GET /decisions/{id}/overrides: what a person decides in a decision's place."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.afterwards import (
    OverrideListSchema,
    OverrideSchema,
    WishSchema,
    dump_override,
    dump_overrides,
    load_wish,
)
from schemas.findings import Finding, Invalid
from schemas.problem import Problem
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.decisions import existing, no_longer_kept, no_such_decision
from service.api.documented import JSON, answers, created
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role
from service.governance.overriding import BeyondAuthority, NoLongerKept, NoSuchDecision, Unfit, VersionUnreadable
from service.ledger import new_decision_id

blueprint = Blueprint("overrides", __name__, description="Override decisions, on somebody's word.")
SAMPLE = {
    "reason": "long_relationship",
    "note": "Six years with us; Ann and I agreed on the phone.",
    "price": 285000,
    "prepayment": 3000,
}


@blueprint.route("/decisions/<decision_id>/override", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(WishSchema, JSON, SAMPLE),
    responses=created(
        "The override, as recorded beside the decision.", "The same, recorded before: the latest is the caller's own.",
        OverrideSchema, 400, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.MANAGER, accountable=True)
def override(decision_id: str) -> Response:
    """Override a decision's price, terms or outcome, within the limits of the caller's role."""
    at = services()
    wish = load_wish(bodies.body(at.settings.max_body_bytes, JSON))
    now, names = at.now(), at.people.names()
    match at.overriding.override(decision_id, wish, caller(), new_decision_id(now), now):
        case NoSuchDecision():
            raise no_such_decision()
        case NoLongerKept():
            raise no_longer_kept(decision_id)
        case VersionUnreadable(version):
            detail = f"The rules of the policy language don't allow {version}, which decided, any more. Decide anew."
            raise Refused(Problem(status=409, code="version-unreadable", detail=detail))
        case Unfit(findings):
            raise Invalid(findings)
        case BeyondAuthority() as beyond:
            raise Refused(_beyond(beyond))
        case kept:
            answer = dump_override(kept.override, names)
            return Response(answer, 200 if kept.repeated else 201, content_type=JSON)


@blueprint.route("/decisions/<decision_id>/overrides", methods=["GET"])
@blueprint.doc(
    responses=answers("All overrides of it, the one that counts last.", JSON, OverrideListSchema, 404, 429, 500, 503)
)
@needs(Role.QUOTER)
def overrides(decision_id: str) -> Response:
    """What people decided in the decision's place."""
    existing(decision_id)
    at = services()
    return Response(dump_overrides(decision_id, at.overrides.of(decision_id), at.people.names()), content_type=JSON)


def _beyond(beyond: BeyondAuthority) -> Problem:
    findings = [
        Finding(
            f"/{each.field}" if each.field else "", "beyond-limit", each.message,
            f"Ask {each.role}." if each.role else "No role of the book may.",
        )
        for each in beyond.limits
    ]  # fmt: skip
    findings += [
        Finding("", "guardrail-breached", f"{breach.guardrail}: {breach.why}.", f"Ask {Role.FINANCE}.")
        for breach in beyond.breaches
    ]
    detail = "This is more than the caller may decide alone; each finding says what, and who could."
    return Problem(status=403, code="beyond-authority", detail=detail, findings=findings)
