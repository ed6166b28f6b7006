"""GET /policies and below: which versions there are, how far each has come, what it changes, which day is whose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint

from schemas.policy_answers import InForceSchema, TimelineSchema, VersionSchema, VersionsSchema
from schemas.problem import Problem
from service.api import bodies, queries
from service.api.access import needs
from service.api.documented import JSON, answers, query
from service.api.problems import Refused, of_refusal
from service.api.services import Services, services
from service.domain.life import Life, State
from service.domain.people import Role
from service.governance import as_json
from service.governance.archive import packed
from service.governance.diff.as_json import diff_data
from service.governance.diff.behaviour import Behaviour, Decider, Origin, asked_by_cases, behaviour
from service.governance.diff.books import book_diff
from service.governance.drafting import written_files
from service.governance.standing import Standing, unknown_version

blueprint = Blueprint("policies", __name__, description="Versions of the policy: who changed what, when, and why.")
PAGE, MOST = 50, 200
_OBJECT = {"type": "object"}
_AS_OF = query("as_of", "string", "A day; today, if left out.", "date")
_KNOWN_AT = query("known_at", "string", "What was known at this moment; all that is known, if left out.", "date-time")


@dataclass(frozen=True, slots=True)
class Found:
    """A version of the book that is served."""

    life: Life
    standing: Standing


@blueprint.route("/policies", methods=["GET"])
@blueprint.doc(
    parameters=[
        query("state", "string", f"Only versions that are {', '.join(state.value for state in State)}."),
        query("limit", "integer", f"How many, {MOST} at most; {PAGE}, if left out."),
        query("before", "integer", "`next` of the page before."),
    ],
    responses=answers("Versions of the book that is served.", JSON, VersionsSchema, 400, 429, 500, 503),
)
@needs(Role.MANAGER)
def versions() -> Response:
    """The versions of the policy, the one drafted last first."""
    at = services()
    state = queries.choice("state", [state.value for state in State])
    limit, before = queries.whole("limit", 1, MOST) or PAGE, queries.whole("before", 1, 10**18)
    standing = standing_of(at)
    chosen = list(islice(listed(standing, state, before), limit + 1))
    shown = chosen[:limit]
    origins, names = at.governing.register.origins(life.version for life in shown), at.people.names()
    return answered(
        {
            "versions": [as_json.summary_data(life, standing, origins.get(life.version), names) for life in shown],
            "next": shown[-1].steps[0].number if len(chosen) > limit else None,
        }
    )


def listed(standing: Standing, state: str | None, before: int | None) -> Iterator[Life]:
    for life in reversed(standing.lives.values()):
        if before is not None and life.steps[0].number >= before:
            continue
        if state is None or life.state(standing.timeline, standing.today) == state:
            yield life


@blueprint.route("/policies/<version>", methods=["GET"])
@blueprint.doc(
    responses=answers("The version, and what can happen to it next.", JSON, VersionSchema, 404, 429, 500, 503)
)
@needs(Role.MANAGER)
def version(version: str) -> Response:
    """One version: its steps, whose word it needs and why, and which steps may follow."""
    return answered(told(services(), version))


@blueprint.route("/policies/<version>/files", methods=["GET"])
@blueprint.doc(
    responses=answers(
        "A zip of the files, comments included.", "application/zip", {"type": "string", "format": "binary"},
        404, 429, 500, 503,
    )
)  # fmt: skip
@needs(Role.MANAGER)
def files(version: str) -> Response:
    """The files of a version as their author wrote them."""
    at = services()
    found(at, version)
    name = f"{at.policy.book}-{version.removeprefix('sha256:')[:12]}.zip"
    return Response(
        packed(written_files(at.governing, version)),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.route("/policies/<version>/diff", methods=["GET"])
@blueprint.doc(
    parameters=[
        query("against", "string", "The earlier version; the one in force today, if left out."),
        query("cases", "boolean", "Also ask both what their cases ask."),
    ],
    responses=answers("What it changes; docs/diff.md tells the fields.", JSON, _OBJECT, 400, 404, 429, 500, 503),
)
@needs(Role.MANAGER)
def diff(version: str) -> Response:
    """What a version changes, by meaning, and with `cases` in what it decides."""
    at = services()
    against = compared_with(at, found(at, version).standing)
    before, after = at.governing.editions.of(against), at.governing.editions.of(version)
    behaviours: tuple[Behaviour, ...] = ()
    if bodies.flag("cases") and against != version:
        deciders = [_decider(at, each) for each in (against, version)]
        asked = asked_by_cases(before.cases, after.cases)
        behaviours = (behaviour(*deciders, Origin.CASE, asked, at.now()),)
    return answered(diff_data(book_diff(before, after), behaviours))


def _decider(at: Services, version: str) -> Decider:
    opened = at.policy.opened.of(version)
    return Decider(opened.policy, opened.checks)


@blueprint.route("/policies/in-force", methods=["GET"])
@blueprint.doc(
    parameters=[_AS_OF, _KNOWN_AT],
    responses=answers("The release in force on that day.", JSON, InForceSchema, 400, 404, 429, 500, 503),
)
@needs(Role.MANAGER)
def in_force() -> Response:
    """Which version decides on a day, as known at a moment."""
    at = services()
    known_at, standing = queries.moment("known_at"), standing_of(at)
    as_of = queries.day("as_of") or standing.today
    span = standing.timeline.span(as_of, known_at)
    if span is None:
        raise Refused(NOTHING_IN_FORCE)
    return answered(as_json.in_force_data(at.policy.book, as_of, known_at, span))


@blueprint.route("/policies/timeline", methods=["GET"])
@blueprint.doc(
    parameters=[_KNOWN_AT], responses=answers("Releases by their days.", JSON, TimelineSchema, 400, 429, 500, 503)
)
@needs(Role.MANAGER)
def timeline() -> Response:
    """Which version decides which days, past and still to come, as known at a moment."""
    at = services()
    known_at, standing = queries.moment("known_at"), standing_of(at)
    return answered(as_json.timeline_data(at.policy.book, standing, known_at))


NOTHING_IN_FORCE = Problem(
    status=404, code="nothing-in-force", detail="No version of the policy is in force on that day, as known then."
)


def compared_with(at: Services, standing: Standing) -> str:
    """The version that the query names, else the one in force. Raises Refused (404)."""
    against = queries.text("against") or standing.in_force()
    if against is None:
        raise Refused(NOTHING_IN_FORCE)
    return found(at, against).life.version


def standing_of(at: Services) -> Standing:
    return at.governing.standing(at.governing.register.steps(at.policy.book))


def found(at: Services, version: str) -> Found:
    """Raises Refused (404)."""
    standing = standing_of(at)
    life = standing.lives.get(version)
    if life is None:
        raise Refused(of_refusal(unknown_version(version)))
    return Found(life, standing)


def told(at: Services, version: str) -> dict[str, Any]:
    """Raises Refused (404), Unusable."""
    one = found(at, version)
    origin = at.governing.register.origins([version]).get(version)
    return as_json.version_data(at.governing, one.life, one.standing, origin, at.people.names())


def answered(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, content_type=JSON)
