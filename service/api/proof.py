"""GET /decisions/{id}/receipt and /ledger: what it takes to prove the record without this service."""

from __future__ import annotations

import orjson
from flask import Response
from flask_smorest import Blueprint

from schemas.audit import ConsistencySchema, LogReceiptSchema
from schemas.problem import Problem
from service.api import queries
from service.api.access import needs
from service.api.decisions import existing, no_such_decision
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role
from service.ledger.log.keys import known_keys
from service.ledger.log.receipts import NotSealed, Receipts

blueprint = Blueprint("proof", __name__, description="Prove that the ledger holds what was decided.")
TEXT = "text/plain; charset=utf-8"
_NOTE = {"type": "string"}
NOT_SEALED_YET = Problem(
    status=503, code="not-sealed-yet", detail="The decision is recorded, and sealed within a second: ask again."
)
NOTHING_SEALED = Problem(
    status=503, code="not-sealed-yet", detail="Nothing is sealed yet: ask again in a second after the first decision."
)
NO_SUCH_SIZE = Problem(
    status=404, code="no-such-size", detail="The log never had these sizes: GET /ledger/checkpoint tells the newest."
)
SOON = {"Retry-After": "1"}


@blueprint.route("/decisions/<decision_id>/receipt", methods=["GET"])
@blueprint.doc(
    responses=answers(
        "The receipt; docs/audit.md tells how to verify it with the public key alone.",
        JSON, LogReceiptSchema, 404, 429, 500, 503,
    )
)  # fmt: skip
@needs(Role.QUOTER)
def receipt(decision_id: str) -> Response:
    """The proof that the log holds a decision, from its seal on, which comes within a second."""
    existing(decision_id)
    found = Receipts(services().ledger.database).of("decision", decision_id)
    if isinstance(found, NotSealed):
        raise Refused(NOT_SEALED_YET, SOON)
    if found is None:
        raise no_such_decision()
    return Response(orjson.dumps(found), content_type=JSON)


@blueprint.route("/ledger/checkpoint", methods=["GET"])
@blueprint.doc(responses=answers("A signed note, as transparency logs exchange them.", "text/plain", _NOTE,
                                 429, 500, 503))  # fmt: skip
@needs(Role.QUOTER)
def checkpoint() -> Response:
    """The newest signed head of the log: whoever keeps it can show later that nothing before it was changed."""
    note = Receipts(services().ledger.database).checkpoint()
    if note is None:
        raise Refused(NOTHING_SEALED, SOON)
    return Response(note, content_type=TEXT)


@blueprint.route("/ledger/consistency", methods=["GET"])
@blueprint.doc(
    parameters=[
        {"in": "query", "name": name, "schema": {"type": "integer"}, "required": True, "description": f"{what} size."}
        for name, what in (("earlier", "The earlier checkpoint's"), ("later", "The later checkpoint's"))
    ],
    responses=answers("The hashes, from the leaves up.", JSON, ConsistencySchema, 400, 404, 429, 500, 503),
)
@needs(Role.QUOTER)
def consistency() -> Response:
    """The proof that the log of a later checkpoint begins with the whole log of an earlier one (RFC 9162, 2.1.4)."""
    earlier, later = (queries.needed_whole(name, 0, 10**18) for name in ("earlier", "later"))
    found = Receipts(services().ledger.database).consistency(earlier, later)
    if found is None:
        raise Refused(NO_SUCH_SIZE)
    return Response(orjson.dumps(found), content_type=JSON)


@blueprint.route("/ledger/key", methods=["GET"])
@blueprint.doc(responses=answers("One a line: name+id+key.", "text/plain", _NOTE, 429, 500, 503))
@needs(Role.QUOTER)
def key() -> Response:
    """The public keys that the ledger goes by, the oldest first. Keep them outside: these are the database's word."""
    known = known_keys(services().ledger.database)
    return Response("".join(f"{each.verifier}\n" for each in known), content_type=TEXT)
