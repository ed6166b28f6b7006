"""People asking a service, each by name, whatever way of signing in is in front of it."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.test import TestResponse

from service.api.access import need_of
from service.domain.people import Caller, Role

HEADER = "Test-Caller"
PEOPLE = {
    "quinn": Caller("u-quinn", "Quinn", Role.QUOTER),
    "ann": Caller("u-ann", "Ann", Role.MANAGER),
    "max": Caller("u-max", "Max", Role.MANAGER),
    "fiona": Caller("u-fiona", "Fiona", Role.FINANCE),
    "ada": Caller("u-ada", "Ada", Role.ADMIN),
}


def signed_in(app: Flask) -> Flask:
    """`app` as it is with sign-in on, with people known by a header."""
    first = app.before_request_funcs[None]
    (admit,) = (function for function in first if function.__name__ == "admit")

    def admitted() -> tuple[dict[str, str], int] | None:
        if request.endpoint is None:
            return None
        need = need_of(current_app.view_functions[request.endpoint])
        g.caller = PEOPLE[request.headers.get(HEADER, "quinn")]
        if need.role is not None and not g.caller.role.covers(need.role):
            return {"code": "role-too-low"}, 403
        return None

    first[first.index(admit)] = admitted
    return app


class Person:
    def __init__(self, app: Flask, name: str) -> None:
        self._client = app.test_client()
        self._headers = {HEADER: name}

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=self._headers)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self._client.post(path, json=body, headers=self._headers)
