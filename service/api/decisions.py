"""GET /decisions/{id}: a decision as it was answered."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.decision import DecisionSchema
from schemas.problem import Problem
from service.api.access import needs
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role

blueprint = Blueprint("decisions", __name__, description="Decisions already made.")


@blueprint.route("/decisions/<decision_id>", methods=["GET"])
@blueprint.doc(
    responses=answers("The bytes that were answered when it was made.", JSON, DecisionSchema, 404, 429, 500, 503)
)
@needs(Role.QUOTER)
def one(decision_id: str) -> Response:
    """A recorded decision by its id."""
    recorded = services().ledger.find(decision_id)
    if recorded is None:
        detail = "No decision has this id; previews and refused requests are not recorded."
        raise Refused(Problem(status=404, code="no-such-decision", detail=detail))
    return Response(recorded.answer, content_type=JSON)
