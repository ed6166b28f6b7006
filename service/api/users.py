"""/users and /tokens: who may come in, with which role, and by which tokens."""

from __future__ import annotations

from flask import Response, jsonify
from flask_smorest import Blueprint

from schemas.people import (
    IssuedTokenSchema,
    NewTokenSchema,
    NewUserSchema,
    TokenSchema,
    UserChangeSchema,
    UserSchema,
    dump_token,
    dump_user,
    load_new_token,
    load_new_user,
    load_user_change,
)
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.documented import JSON, answers
from service.api.problems import Refused
from service.api.refusals import of_people
from service.api.services import services
from service.domain.people import Role
from service.ledger import new_decision_id
from service.people import administration, names
from service.people.administration import Wanted
from service.people.chance import drawn
from service.people.passwords import weakness
from service.people.refusals import PeopleRefusal

blueprint = Blueprint("users", __name__, description="People and their tokens.")
_USERS = {"type": "array", "items": {"$ref": "#/components/schemas/User"}}
_TOKENS = {"type": "array", "items": {"$ref": "#/components/schemas/Token"}}


@blueprint.route("/users", methods=["GET"])
@blueprint.doc(responses=answers("All users, by name.", JSON, _USERS, 429, 500, 503))
@needs(Role.ADMIN)
def all_users() -> Response:
    """All users, those disabled too: users are never deleted, since records name them."""
    with services().people.reading() as roster:
        return jsonify([dump_user(user) for user in roster.users()])


@blueprint.route("/users", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(NewUserSchema, JSON, {"name": "ann", "role": "manager"}),
    responses=answers("The user.", JSON, UserSchema, 400, 409, 413, 415, 422, 429, 500, 503),
)
@needs(Role.ADMIN, accountable=True)
def add_user() -> Response:
    """Add a user, by default one without a password, who then needs a token."""
    at = services()
    asked = load_new_user(_body())
    hashed = None
    if asked.password is not None:
        if weak := weakness(asked.password, names.kept(asked.name)):
            raise Refused(of_people(weak))
        hashed = at.passwords.hashed(asked.password)
    now = at.now()
    added = administration.add_user(at.people, asked.name, asked.role, hashed, new_decision_id(now), caller(), now)
    if isinstance(added, PeopleRefusal):
        raise Refused(of_people(added))
    return jsonify(dump_user(added))


@blueprint.route("/users/<user_id>", methods=["PATCH"])
@blueprint.doc(
    requestBody=documented.body(UserChangeSchema, JSON, {"role": "finance"}),
    responses=answers("The user as it is now.", JSON, UserSchema, 400, 404, 409, 413, 415, 422, 429, 500, 503),
)
@needs(Role.ADMIN, accountable=True)
def change_user(user_id: str) -> Response:
    """Give a user another role, or keep it out or let it in again. One active admin must remain."""
    at = services()
    asked = load_user_change(_body())
    changed = administration.change_user(at.people, user_id, caller(), at.now(), asked.role, asked.disabled)
    if isinstance(changed, PeopleRefusal):
        raise Refused(of_people(changed))
    return jsonify(dump_user(changed))


@blueprint.route("/users/<user_id>/tokens", methods=["GET"])
@blueprint.doc(responses=answers("The tokens, the oldest first.", JSON, _TOKENS, 404, 429, 500, 503))
@needs(Role.QUOTER)
def tokens(user_id: str) -> Response:
    """A user's tokens: your own, or as an admin anyone's."""
    found = administration.tokens_of(services().people, user_id, caller())
    if isinstance(found, PeopleRefusal):
        raise Refused(of_people(found))
    return jsonify([dump_token(token) for token in found])


@blueprint.route("/users/<user_id>/tokens", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body(NewTokenSchema, JSON, {"label": "quoting tool", "role": "quoter", "days": 90}),
    responses=answers(
        "The token, told this once.", JSON, IssuedTokenSchema, 400, 404, 409, 413, 415, 422, 429, 500, 503
    ),
)
@needs(Role.QUOTER, accountable=True)
def create_token(user_id: str) -> Response:
    """Make a token for yourself, or as an admin for anyone. It may never do more than its user."""
    at = services()
    asked = load_new_token(_body())
    wanted = Wanted(label=asked.label, role=asked.role, days=asked.days)
    issued = administration.create_token(at.people, user_id, wanted, caller(), drawn(), at.now())
    if isinstance(issued, PeopleRefusal):
        raise Refused(of_people(issued))
    answer = jsonify({**dump_token(issued.token), "token": issued.text})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/tokens/<token_id>", methods=["DELETE"])
@blueprint.doc(responses=answers("The token, revoked.", JSON, TokenSchema, 404, 429, 500, 503))
@needs(Role.QUOTER, accountable=True)
def revoke_token(token_id: str) -> Response:
    """Revoke a token: your own, or as an admin anyone's. Every process refuses it within a second."""
    at = services()
    revoked = administration.revoke_token(at.people, token_id, caller(), at.now())
    if isinstance(revoked, PeopleRefusal):
        raise Refused(of_people(revoked))
    return jsonify(dump_token(revoked))


def _body() -> bytes:
    return bodies.body(services().settings.max_body_bytes, JSON)
