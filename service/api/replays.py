"""POST /decisions/{id}/replay: a recorded decision made again, by its own version or by another."""

from __future__ import annotations

import orjson
from flask import Response
from flask_smorest import Blueprint

from schemas.audit import ReplayedSchema, ReplaySchema
from schemas.loading import load_body
from schemas.problem import Problem
from service.api import bodies, documented
from service.api.access import needs
from service.api.decisions import existing, no_longer_kept
from service.api.documented import JSON, answers
from service.api.problems import Refused, of_refusal
from service.api.services import services
from service.domain.people import Role
from service.governance.editions import Unusable
from service.governance.replaying import again, replay_data, under
from service.governance.standing import unknown_version
from service.opening import InForce

blueprint = Blueprint("replays", __name__, description="Make recorded decisions again.")


@blueprint.route("/decisions/<decision_id>/replay", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(ReplaySchema, JSON, {}),
    responses=answers(
        "What was recorded beside what is decided now; by the decision's own version nothing may differ.",
        JSON, ReplayedSchema, 400, 404, 409, 410, 413, 415, 422, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.MANAGER)
def replay(decision_id: str) -> Response:
    """Make a recorded decision again, recording nothing."""
    at = services()
    version = load_body(ReplaySchema(), bodies.body(at.settings.max_body_bytes, JSON)).version
    recorded = existing(decision_id)
    if not recorded.kept:
        raise no_longer_kept(decision_id)
    entry = recorded.entry
    if version is None or version == entry.version:
        return Response(orjson.dumps(replay_data(again(entry, _own(entry.version)))), content_type=JSON)
    if at.governing.register.version(version) is None:
        raise Refused(of_refusal(unknown_version(version)))
    overridden = bool(at.overrides.overridden([entry.id]))
    made = under(entry, at.policy.opened.of(version), overridden)
    return Response(orjson.dumps(replay_data(made)), content_type=JSON)


def _own(version: str) -> InForce:
    try:
        return services().policy.opened.of(version)
    except Unusable as unusable:
        detail = f"The version that decided can't be used: {unusable.reason}."
        raise Refused(Problem(status=409, code="version-unreadable", detail=detail)) from unusable
