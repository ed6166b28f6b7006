"""What each address asks of its caller, and who the caller is. Refuses before anything of the request is read.

An address without a stated need is a fault of the service: it doesn't start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask import Flask, g, request

from service.api.gate import Gate
from service.api.problems import Refused
from service.api.rate import RateLimit
from service.api.refusals import SIGN_IN_OFF, role_too_low
from service.domain.people import ANYONE, Caller, Role

View = TypeVar("View", bound=Callable[..., Any])
_NEED = "needed"
_DOCUMENT = "api-docs.openapi_json"
"""The only route that the library makes by itself."""


@dataclass(frozen=True, slots=True)
class Need:
    """`role`: None where no caller is asked for. `accountable`: somebody must answer for it by name, so it is
    refused while sign-in is off. `counted`: under the rate limit."""

    role: Role | None
    accountable: bool = False
    counted: bool = True


_NOWHERE = Need(None)


def needs(role: Role, accountable: bool = False) -> Callable[[View], View]:
    return _stating(Need(role, accountable))


def open_to_all(view: View) -> View:
    """For machines that look after the service, and for pages that tell nothing of the firm."""
    return _stating(Need(None, counted=False))(view)


def open_but_counted(view: View) -> View:
    return _stating(Need(None))(view)


def _stating(need: Need) -> Callable[[View], View]:
    def stated(view: View) -> View:
        setattr(view, _NEED, need)
        return view

    return stated


def need_of(view: Callable[..., Any]) -> Need:
    need: Need = getattr(view, _NEED)
    return need


def caller() -> Caller:
    """Who makes the request under way."""
    known: Caller = g.caller
    return known


def register(app: Flask, gate: Gate | None, rate: RateLimit) -> None:
    """`gate`: None while sign-in is off. Call it when all routes are there. Raises AttributeError for one that states
    no need."""
    app.view_functions[_DOCUMENT] = open_but_counted(partial(app.view_functions[_DOCUMENT]))
    stated: dict[str | None, Need] = {endpoint: need_of(view) for endpoint, view in app.view_functions.items()}

    @app.before_request
    def admit() -> None:
        asked = request._get_current_object()
        need = stated.get(asked.endpoint, _NOWHERE)
        caller = g.caller = gate.caller() if gate is not None and need.role is not None else ANYONE
        if need.counted:
            rate.take(caller.id if caller.known else asked.remote_addr or "")
        if need.role is None:
            return
        if need.accountable and not caller.known:
            raise Refused(SIGN_IN_OFF)
        if not caller.role.covers(need.role):
            raise Refused(role_too_low(need.role, caller.role))
