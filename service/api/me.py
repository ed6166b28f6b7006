"""/me: who the caller is, and the caller's own password."""

from __future__ import annotations

from flask import Response, jsonify
from flask_smorest import Blueprint

from schemas.people import CallerSchema, NewPasswordSchema, UserSchema, dump_caller, dump_user, load_new_password
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.refusals import of_people
from service.api.services import services
from service.domain.people import Role
from service.people.administration import set_password
from service.people.passwords import weakness
from service.people.refusals import WRONG_PASSWORD, PeopleRefusal
from service.people.signing_in import proved

blueprint = Blueprint("me", __name__, description="Who am I?")


@blueprint.route("/me", methods=["GET"])
@blueprint.doc(responses=answers("The caller.", JSON, CallerSchema, 429, 500, 503))
@needs(Role.QUOTER)
def me() -> Response:
    """Who the caller is and what it may do."""
    return jsonify(dump_caller(caller()))


@blueprint.route("/me/password", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(
        NewPasswordSchema, JSON,
        {"current_password": "seven small grey stones", "new_password": "a kettle on the roof"},
    ),
    responses=answers(
        "It holds from now on. The caller's sessions have ended.", JSON, UserSchema, 400, 409, 413, 415, 422, 429,
        500, 503,
    ),
)  # fmt: skip
@needs(Role.QUOTER, accountable=True)
def password() -> Response:
    """Change the caller's own password. A current password that is wrong counts as an attempt to sign in."""
    at, by = services(), caller()
    asked = load_new_password(bodies.body(at.settings.max_body_bytes, JSON))
    if weak := weakness(asked.new, by.name):
        raise Refused(of_people(weak))
    if proved(at.people, at.passwords, by.name, asked.current, at.now(), by.id) is None:
        raise Refused(of_people(WRONG_PASSWORD))
    changed = set_password(at.people, by.id, at.passwords.hashed(asked.new), by, at.now())
    if isinstance(changed, PeopleRefusal):
        raise Refused(of_people(changed))
    return jsonify(dump_user(changed))
