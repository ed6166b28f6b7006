"""What callers are told who may not come in, or not here."""

from __future__ import annotations

from schemas.problem import Problem
from service.domain.people import Role
from service.people.refusals import PeopleRefusal
from service.people.tokens import TokenRefused

SIGN_IN_OFF = Problem(
    status=403,
    code="sign-in-off",
    detail="Somebody must answer for this by name, and sign-in is off: set SIGN_IN=on and run `quotewright init`.",
)
NOT_SIGNED_IN = Problem(
    status=401,
    code="not-signed-in",
    detail="Send a token as `Authorization: Bearer qw_...`, or sign in at /sign-in with a browser.",
)
TOKENS = {
    TokenRefused.INVALID: Problem(
        status=401, code="invalid-token", detail="This is no token of this service: see that it was copied whole."
    ),
    TokenRefused.EXPIRED: Problem(
        status=401, code="token-expired", detail="The token has expired: make another one, `quotewright token create`."
    ),
    TokenRefused.REVOKED: Problem(
        status=401, code="token-revoked", detail="The token was revoked, or its user disabled. An admin can say why."
    ),
}
NO_CSRF_TOKEN = Problem(
    status=403,
    code="csrf",
    detail="A request with a session's cookie must carry the page's CSRF token; with a bearer token it needs none.",
)
_STATUS = {
    "no-such-user": 404,
    "no-such-token": 404,
    "not-yours": 403,
    "wrong-password": 403,
    "bad-name": 422,
    "weak-password": 422,
}


def role_too_low(needed: Role, given: Role) -> Problem:
    return Problem(
        status=403,
        code="role-too-low",
        detail=f"This needs the role {needed}, and yours is {given}. An admin can give you another one.",
    )


def of_people(refused: PeopleRefusal) -> Problem:
    return Problem(status=_STATUS.get(refused.code, 409), code=refused.code, detail=refused.detail)
