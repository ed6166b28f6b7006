"""GET /decisions/{id}: a decision as it was answered."""

from __future__ import annotations

from flask import Response, url_for
from flask_smorest import Blueprint

from schemas.decision import DecisionSchema
from schemas.problem import Problem
from service.api.access import needs
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role
from service.ledger import Recorded

blueprint = Blueprint("decisions", __name__, description="Decisions already made.")


@blueprint.route("/decisions/<decision_id>", methods=["GET"])
@blueprint.doc(
    responses=answers(
        "The bytes that were answered when it was made. Where a person overrode it, the header Quotewright-Overridden "
        "says so, and Link leads to what stands in its place.",
        JSON, DecisionSchema, 404, 410, 429, 500, 503,
    )
)  # fmt: skip
@needs(Role.QUOTER)
def one(decision_id: str) -> Response:
    """A recorded decision by its id."""
    recorded = existing(decision_id)
    if not recorded.kept:
        raise no_longer_kept(decision_id)
    headers = {}
    if services().overrides.overridden([decision_id]):
        link = url_for("overrides.overrides", decision_id=decision_id)
        headers = {"Quotewright-Overridden": "true", "Link": f'<{link}>; rel="related"; title="overrides"'}
    return Response(recorded.answer, content_type=JSON, headers=headers)


def existing(decision_id: str) -> Recorded:
    """Raises Refused for one that the ledger doesn't have."""
    recorded = services().ledger.find(decision_id)
    if recorded is None:
        raise no_such_decision()
    return recorded


def no_longer_kept(decision_id: str) -> Refused:
    """Whose wish it was, and who did it, isn't every caller's business: the act in the ledger tells."""
    day = services().erasures.erased_on(decision_id)
    when = "its time is over" if day is None else f"erased on {day}"
    detail = f"What this decision said is no longer kept: {when}. That it was made stands, and can still be proved."
    return Refused(Problem(status=410, code="erased", detail=detail))


def no_such_decision() -> Refused:
    detail = "No decision has this id; previews and refused requests are not recorded."
    return Refused(Problem(status=404, code="no-such-decision", detail=detail))
