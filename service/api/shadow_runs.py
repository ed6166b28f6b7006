"""Trials of a candidate version on live requests: begin one, end it, read what it says so far."""

from __future__ import annotations

import orjson
from flask import Response
from flask_smorest import Blueprint

from schemas.loading import load_body
from schemas.problem import Problem
from schemas.shadow import ReportSchema, RunSchema, RunsSchema, StartSchema
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.documented import JSON, answers, created
from service.api.policies import found
from service.api.problems import Refused
from service.api.services import services
from service.domain.people import Role
from service.domain.shadow import Run, report_data
from service.ledger import new_decision_id

blueprint = Blueprint("shadow", __name__, description="Try a candidate version beside the released one.")
NO_SUCH_RUN = Problem(status=404, code="no-such-run", detail="No trial has this id; GET /shadow lists them.")


@blueprint.route("/policies/<version>/shadow", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(StartSchema, JSON, {"share": 2_500, "note": "Before the spring prices"}),
    responses=created("The trial.", "", RunSchema, 400, 404, 409, 413, 415, 422, 429, 500, 503),
)
@needs(Role.MANAGER, accountable=True)
def start(version: str) -> Response:
    """Let a version decide on live requests beside the released one. Its decisions are kept apart, never answered."""
    at = services()
    asked = load_body(StartSchema(), bodies.body(at.settings.max_body_bytes, JSON))
    found(at, version)
    at.policy.opened.of(version)
    now = at.now()
    run = Run(
        id=new_decision_id(now), book=at.policy.book, version=version, started_at=now, started_by=caller().id,
        note=asked.note, share=asked.share,
    )  # fmt: skip
    if at.shadow_runs.start(run) is None:
        detail = "Another version is being tried on this book: end that first, POST /shadow/{id}/end."
        raise Refused(Problem(status=409, code="run-under-way", detail=detail))
    return Response(orjson.dumps(run), 201, {"Location": f"/shadow/{run.id}"}, content_type=JSON)


@blueprint.route("/shadow", methods=["GET"])
@blueprint.doc(responses=answers("Trials of the book that is served.", JSON, RunsSchema, 429, 500, 503))
@needs(Role.MANAGER)
def runs() -> Response:
    """All trials, the one started last first."""
    at = services()
    return Response(orjson.dumps({"runs": at.shadow_runs.runs(at.policy.book)}), content_type=JSON)


@blueprint.route("/shadow/<run_id>", methods=["GET"])
@blueprint.doc(responses=answers("What the trial says so far.", JSON, ReportSchema, 404, 429, 500, 503))
@needs(Role.MANAGER)
def report(run_id: str) -> Response:
    """How often the candidate differs, in which outcomes, by how much money and by which rules."""
    told = services().shadow_runs.report(run_id)
    if told is None:
        raise Refused(NO_SUCH_RUN)
    return Response(orjson.dumps(report_data(told)), content_type=JSON)


@blueprint.route("/shadow/<run_id>/end", methods=["POST"])
@blueprint.doc(responses=answers("The trial, ended.", JSON, RunSchema, 404, 409, 429, 500, 503))
@needs(Role.MANAGER, accountable=True)
def end(run_id: str) -> Response:
    """End a trial. What it found is kept."""
    at = services()
    if at.shadow_runs.find(run_id) is None:
        raise Refused(NO_SUCH_RUN)
    if not at.shadow_runs.end(run_id, caller().id, at.now()):
        raise Refused(Problem(status=409, code="run-ended", detail="This trial has ended already."))
    return Response(orjson.dumps(at.shadow_runs.find(run_id)), content_type=JSON)
