"""POST and GET /decisions/{id}/outcome: how a quote ended, told and corrected."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.afterwards import (
    EndingSchema,
    OutcomeHistorySchema,
    RecordedEndingSchema,
    dump_ending,
    dump_history,
    load_ending,
)
from schemas.findings import Invalid
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.decisions import existing, no_such_decision
from service.api.documented import JSON, answers, created
from service.api.services import services
from service.domain.people import Role
from service.governance.outcomes import NoSuchDecision, Unfit
from service.ledger import new_decision_id

blueprint = Blueprint("outcomes", __name__, description="Tell how quotes ended.")
SAMPLE = {
    "result": "won",
    "final_amount": 290000,
    "happened_on": "2026-03-02",
    "why": "The breakdown convinced them.",
    "hassle": {"changed_decisions": 3, "staff_rating": 1},
}


@blueprint.route("/decisions/<decision_id>/outcome", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(EndingSchema, JSON, SAMPLE),
    responses=created(
        "How it ended, as recorded.", "The same, recorded before: the latest says so already.",
        RecordedEndingSchema, 400, 404, 413, 415, 422, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.QUOTER)
def tell(decision_id: str) -> Response:
    """Tell how the quote ended. Told otherwise again, it corrects what was told before, which stays in the history."""
    at = services()
    ending = load_ending(bodies.body(at.settings.max_body_bytes, JSON))
    now, names = at.now(), at.people.names()
    match at.endings.tell(decision_id, ending, caller(), new_decision_id(now), now):
        case NoSuchDecision():
            raise no_such_decision()
        case Unfit(findings):
            raise Invalid(findings)
        case kept:
            answer = dump_ending(kept.ending, names)
            return Response(answer, 200 if kept.repeated else 201, content_type=JSON)


@blueprint.route("/decisions/<decision_id>/outcome", methods=["GET"])
@blueprint.doc(
    responses=answers("What was told last, and before; null and nothing, if nobody told.", JSON, OutcomeHistorySchema,
                      404, 429, 500, 503)
)  # fmt: skip
@needs(Role.QUOTER)
def outcome(decision_id: str) -> Response:
    """How the quote ended, with everything that was told of it."""
    existing(decision_id)
    at = services()
    return Response(dump_history(decision_id, at.outcomes.of(decision_id), at.people.names()), content_type=JSON)
