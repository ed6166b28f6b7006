"""POST /evaluate and POST /preview: one request, one decision."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.decision import DecisionSchema, dump_decision
from schemas.findings import Invalid
from schemas.preview import PreviewSchema, load_preview
from schemas.problem import Problem
from schemas.quote import QuoteRequestSchema
from service.api import bodies, documented, preview_parameters
from service.api.access import caller, needs
from service.api.deciding import decide, known, make
from service.api.documented import JSON, answers
from service.api.followed import Named
from service.api.problems import Refused
from service.api.recording import entry
from service.api.services import services
from service.carrying import in_step
from service.domain.people import Role
from service.ledger import KeyReused, Recorded

blueprint = Blueprint("evaluate", __name__, description="Decide on a quote request.")
NOT_RECORDED = "preview"
"""The id in a preview, so that nobody looks it up."""


@blueprint.route("/evaluate", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(QuoteRequestSchema, JSON, documented.SAMPLE),
    parameters=[documented.IDEMPOTENCY_KEY, documented.WHY_NOT],
    responses=answers(
        "The decision, recorded before it was answered.",
        JSON,
        DecisionSchema,
        400,
        409,
        410,
        413,
        415,
        422,
        429,
        500,
        503,
    ),
)
@needs(Role.QUOTER)
def evaluate() -> Response:
    """Decide on a quote request and record the decision."""
    at = services()
    key, why_not = bodies.idempotency_key(), bodies.flag("why_not")
    raw = bodies.body(at.settings.max_body_bytes, JSON)
    body = digested(raw, why_not)
    recorded: Recorded | KeyReused | None
    try:
        in_step()
        with at.recorder.on_its_way:
            made = make(at, raw, caller().role, why_not)
            in_step()
            (recorded,) = at.recorder.record([made], [entry(made, caller().id, body, key)])
    except Invalid:
        recorded = at.recorder.earlier(caller().id, body, key) if key else None
        if recorded is None:
            raise
    if isinstance(recorded, KeyReused):
        raise Refused(key_reused(recorded))
    return Response(recorded.answer, content_type=JSON, headers=_replay_header(recorded.replayed))


@blueprint.route("/preview", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(PreviewSchema, JSON, {"request": documented.SAMPLE, "parameters": {}}),
    responses=answers(
        "The decision that would be made; its id is `preview`.", JSON, DecisionSchema, 400, 413, 415, 422, 429, 500, 503
    ),
)
@needs(Role.MANAGER)
def preview() -> Response:
    """Decide on a quote request with other values of the book's parameters. Nothing is recorded.

    `policy_version` may name any stored version here, drafts too.
    """
    at = services()
    raw = bodies.body(at.settings.max_body_bytes, JSON)
    now, named = at.now(), Named(at.policy.followed())
    asked = load_preview(raw, now, named)
    in_force = named.on(asked.request.policy_version, asked.request.as_of, asked.request.known_at)
    assert in_force is not None, "without one the body would have been refused"
    overrides = preview_parameters.overrides(in_force.policy.book, asked.request, asked.parameters)
    request, from_books = known(at, in_force, asked.request, asked.given, caller().role, "/request")
    made = decide(at, in_force, request, NOT_RECORDED, now, asked.why_not, overrides, "/request", from_books)
    return Response(dump_decision(made.decision), content_type=JSON)


def digested(raw: bytes, why_not: bool) -> bytes:
    """What must be the same for an idempotency key to mean the same request."""
    return raw + (b"\0why_not" if why_not else b"")


def key_reused(reused: KeyReused) -> Problem:
    if reused.gone:
        detail = f"It was decided as {reused.decision_id}, and what that said is no longer kept. Take a new key."
        return Problem(status=410, code="erased", detail=detail)
    return Problem(
        status=409,
        code="idempotency-key-reused",
        detail=f"The key stands for another body, decided as {reused.decision_id}. Use a new key for a new request.",
    )


def _replay_header(replayed: bool) -> dict[str, str]:
    return {"Idempotency-Replayed": "true"} if replayed else {}
