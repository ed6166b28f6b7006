"""/sign-in, /sign-out and /account: how people come in with a browser, and what they find about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from flask import Blueprint, Response, current_app, redirect, request

from schemas.fields import REFUSED_CHARACTERS
from schemas.people import LONGEST_LABEL
from service.api.access import caller, needs, open_but_counted
from service.api.rate import RateLimit
from service.api.services import services
from service.domain.people import Role
from service.pages.addresses import ACCOUNT, SIGN_IN, ours
from service.pages.page import page
from service.pages.provider import Provider
from service.pages.sessions import Sessions
from service.people.administration import Wanted, create_token
from service.people.chance import drawn
from service.people.events import AT_THE_PAGE
from service.people.refusals import PeopleRefusal
from service.people.signing_in import proved

EXTENSION = "quotewright-doors"
blueprint = Blueprint("sign_in", __name__, template_folder="templates")
REFUSED = (
    "The name or the password is wrong, or there were too many attempts: after five, a name is locked for 15 minutes."
)
TOO_OLD = "The page was too old, or cookies are switched off. Please try again."


@dataclass(frozen=True, slots=True)
class Doors:
    """`provider`: of identities, None where the firm has none."""

    sessions: Sessions
    rate: RateLimit
    provider: Provider | None


def doors() -> Doors:
    return cast(Doors, current_app.extensions[EXTENSION])


@blueprint.get(SIGN_IN)
@open_but_counted
def form() -> Response:
    afterwards = ours(request.args.get("next", ""))
    if doors().sessions.signed_in():
        return on_to(afterwards)
    return _form(afterwards)


@blueprint.post(SIGN_IN)
@open_but_counted
def enter() -> Response:
    at, address = services(), request.remote_addr or ""
    doors().rate.refuse_guessers(address)
    from_our_page = doors().sessions.from_our_page()
    afterwards = ours(request.form.get("next", ""))
    if not from_our_page:
        return _form(afterwards, TOO_OLD, 403)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    doors().rate.guessed(address)
    user = proved(at.people, at.passwords, name, password, at.now(), AT_THE_PAGE)
    structlog.get_logger().info("sign-in", door=AT_THE_PAGE, user=user.id if user else None)
    if user is None:
        return _form(afterwards, REFUSED, 403)
    doors().sessions.begin(user)
    return on_to(afterwards)


@blueprint.post("/sign-out")
@needs(Role.QUOTER)
def leave() -> Response:
    doors().sessions.end()
    return on_to(SIGN_IN)


@blueprint.get(ACCOUNT)
@needs(Role.QUOTER)
def account() -> Response:
    return page("account.html", caller=caller())


@blueprint.post("/account/tokens")
@needs(Role.QUOTER, accountable=True)
def new_token() -> Response:
    """For whoever has a password and no token yet."""
    at, by = services(), caller()
    typed = REFUSED_CHARACTERS.sub(" ", request.form.get("label", "")).strip()
    label = typed[:LONGEST_LABEL] or "made in the browser"
    issued = create_token(at.people, by.id, Wanted(label=label), by, drawn(), at.now())
    if isinstance(issued, PeopleRefusal):
        return page("account.html", 409, caller=by, message=issued.detail)
    return page("account.html", caller=by, issued=issued)


def _form(afterwards: str, message: str = "", status: int = 200) -> Response:
    return page(
        "sign_in.html", status, afterwards=afterwards, message=message, elsewhere=doors().provider is not None
    )  # fmt: skip


def on_to(address: str) -> Response:
    answer = cast(Response, redirect(address, 303))
    answer.headers["Cache-Control"] = "no-store"
    return answer
