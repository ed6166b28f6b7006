"""Somebody signed in, for tests of what a caller may do: the app's own admission is put aside, roles still count."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from flask.testing import FlaskClient

from schemas.problem import Problem
from service.api.access import need_of
from service.api.problems import Refused
from service.domain.people import Caller


def signed_in(app: Flask, caller: Caller) -> FlaskClient:
    """A client whose requests are this caller's, as are all others of the app from now on."""

    def admit() -> None:
        if request.endpoint is None:
            return
        need = need_of(current_app.view_functions[request.endpoint])
        g.caller = caller
        if need.role is not None and not caller.role.covers(need.role):
            raise Refused(Problem(status=403, code="wrong-role", detail=f"This needs a {need.role}."))

    asked = app.before_request_funcs[None]
    asked[:] = [each for each in asked if each.__name__ != "admit"] + [admit]
    return app.test_client()
