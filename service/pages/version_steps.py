"""What may be done with a version of the policy, as buttons of its page: the same steps as POST /policies/… takes."""

from __future__ import annotations

from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound

from schemas.findings import Invalid
from schemas.loading import load_body
from service.api.access import caller, needs
from service.api.policies import found
from service.api.policy_steps import TAKEN, followed
from service.api.problems import Refused, of_refusal
from service.api.refusals import NO_CSRF_TOKEN
from service.api.services import services
from service.domain.people import Role
from service.domain.steps import Kind, Step
from service.governance import drafting
from service.governance.checking import check_files
from service.governance.editions import Unusable
from service.governance.refusal import Refusal
from service.pages.page import page
from service.pages.versions import shown

blueprint = Blueprint("version_steps", __name__, template_folder="templates")


@blueprint.post("/versions/<version>/steps/<step>")
@needs(Role.MANAGER, accountable=True)
def take(version: str, step: str) -> Response:
    """Takes the step, or shows the page again and why it can't be taken."""
    at = services()
    found(at, version)
    if step not in TAKEN:
        raise NotFound
    schema, taking = TAKEN[step]
    typed = {name: text.strip() for name, text in request.form.items() if name != "csrf_token" and text.strip()}
    try:
        body = load_body(schema(), orjson.dumps(typed))
        taken = taking(at.governing, version, caller(), body)
    except Invalid as invalid:
        return shown(at, version, 422, " ".join(f"{each.message} {each.fix}" for each in invalid.findings))
    except Unusable as unusable:
        return shown(at, version, 409, f"This version can't be used: {unusable.reason}.")
    if isinstance(taken, Refusal):
        problem = of_refusal(taken)
        return shown(at, version, problem.status, problem.detail)
    followed(at, taken)
    return redirect(f"/versions/{version}", 303)  # type: ignore[return-value]


@blueprint.post("/versions/<version>/check")
@needs(Role.MANAGER)
def check(version: str) -> Response:
    """What the checker finds and how the version decides its own cases; recorded where that takes it further."""
    at = services()
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:  # with sign-in off no form has a token
        raise Refused(NO_CSRF_TOKEN)
    one = found(at, version)
    try:
        checked = check_files(drafting.written_files(at.governing, version), at.now())
        further = Kind.CHECKED in one.life.possible(one.standing.timeline, one.standing.today)
        recorded = (
            further and caller().known and not checked.errors
            and isinstance(drafting.check(at.governing, version, caller(), checked), Step)
        )  # fmt: skip
    except Unusable as unusable:
        return shown(at, version, 409, f"This version can't be used: {unusable.reason}.")
    return page("checked.html", caller=caller(), version=version, checked=checked, recorded=recorded)
