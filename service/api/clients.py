"""POST /clients/{client_id}/erase: what was recorded of a client in words becomes unreadable for ever."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.clients import ErasedSchema, ErasureSchema, dump_erasure, load_erasure
from schemas.problem import Problem
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.documented import JSON, created
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role
from service.ledger import NoSuchClient

blueprint = Blueprint("clients", __name__, description="What is kept of clients.")
SAMPLE = {"reason": "Asked for in writing on 3 March; letter 118"}
_NO_SUCH_CLIENT = Problem(status=404, code="no-such-client", detail="Nothing was recorded of a client of this id.")


@blueprint.route("/clients/<path:client_id>/erase", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(ErasureSchema, JSON, SAMPLE),
    responses=created(
        "It is erased: requests, facts, answers, notes and what was told of outcomes.",
        "It was erased before, and nothing has come since.",
        ErasedSchema, 400, 403, 404, 413, 415, 422, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.FINANCE, accountable=True)
def erase(client_id: str) -> Response:
    """Erase a client's names and free text. Rows, log and proofs stand; what is recorded later can be read again."""
    at = services()
    reason = load_erasure(bodies.body(at.settings.max_body_bytes, JSON))
    match at.erasures.erase(client_id, caller().id, reason, at.now()):
        case NoSuchClient():
            raise Refused(_NO_SUCH_CLIENT)
        case erasure:
            return Response(dump_erasure(erasure), 200 if erasure.repeated else 201, content_type=JSON)
