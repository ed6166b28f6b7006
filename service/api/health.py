"""GET /healthz, /readyz, /metrics: for whoever keeps the service running. Never rate-limited."""

from __future__ import annotations

import structlog
from flask import Response, jsonify
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST

from schemas.problem import Problem
from service.api.access import open_to_all
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.services import services
from service.ledger import LedgerUnavailable

blueprint = Blueprint("health", __name__, description="Is the service well?")


@blueprint.route("/healthz", methods=["GET"])
@blueprint.doc(responses=answers("The process answers.", JSON, {"type": "object"}))
@open_to_all
def healthz() -> Response:
    """Whether the process lives. Says nothing of the ledger."""
    return jsonify(status="ok")


@blueprint.route("/readyz", methods=["GET"])
@blueprint.doc(responses=answers("A book is loaded, the ledger can be reached.", JSON, {"type": "object"}, 503))
@open_to_all
def readyz() -> Response:
    """Whether decisions can be made and recorded."""
    at = services()
    try:
        at.ledger.ready()
        book = at.policy.current.policy.book
    except LedgerUnavailable as away:
        structlog.get_logger().error("ledger unavailable", database=away.database, reason=away.reason)
        detail = "The ledger can't be used; the service's log says why."
        raise Refused(Problem(status=503, code="not-ready", detail=detail), {"Retry-After": "1"}) from away
    return jsonify(status="ready", policy={"book": book.name, "version": book.version})


@blueprint.route("/metrics", methods=["GET"])
@blueprint.doc(responses=answers("Numbers of all workers.", "text/plain", {"type": "string"}))
@open_to_all
def metrics() -> Response:
    """Counters and durations in Prometheus' text format."""
    return Response(services().metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
