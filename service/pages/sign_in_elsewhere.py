"""/sign-in/oidc: coming in by the firm's provider of identities. There only where one is configured."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request, session

from service.api.access import open_but_counted
from service.api.services import services
from service.ledger import new_decision_id
from service.pages.addresses import SIGN_IN, ours
from service.pages.page import page
from service.pages.provider import Provider, ProviderFault
from service.pages.sign_in import doors, on_to
from service.people.events import BY_PROVIDER
from service.people.identity import admitted, role_of

blueprint = Blueprint("sign_in_elsewhere", __name__, template_folder="templates")
_AFTERWARDS = "afterwards"
FAILED = (
    "The account of your firm could not be checked. Please try again; if it fails again, tell whoever runs Quotewright."
)
NO_ROLE = "The account of your firm gives you no role here, or was disabled. Whoever runs Quotewright can change that."


@blueprint.get(f"{SIGN_IN}/oidc")
@open_but_counted
def away() -> Response:
    session[_AFTERWARDS] = ours(request.args.get("next", ""))
    try:
        return _provider().send_off()
    except ProviderFault as fault:
        return _failed(fault)


@blueprint.get(f"{SIGN_IN}/oidc/callback")
@open_but_counted
def back() -> Response:
    at = services()
    afterwards = ours(session.get(_AFTERWARDS, ""))
    try:
        identity = _provider().came_back()
    except ProviderFault as fault:
        return _failed(fault)
    now, role = at.now(), role_of(identity.values, at.settings.oidc_roles)
    user = admitted(at.people, identity, role, new_decision_id(now), now)
    structlog.get_logger().info("sign-in", door=BY_PROVIDER, user=user.id if user else None)
    if user is None:
        return page("refused.html", 403, message=NO_ROLE)
    doors().sessions.begin(user)
    return on_to(afterwards)


def _provider() -> Provider:
    provider = doors().provider
    assert provider is not None  # else these addresses aren't there
    return provider


def _failed(fault: ProviderFault) -> Response:
    structlog.get_logger().warning("sign-in", door=BY_PROVIDER, refused=fault.reason)
    return page("refused.html", 403, message=FAILED)
