"""A request's id, its line in the log and its numbers. Logs routes, never addresses, bodies or queries."""

from __future__ import annotations

import re
from random import getrandbits
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from service import logs
from service.metrics import Metrics

HEADER = "X-Request-Id"
_IN_ENVIRON = "HTTP_X_REQUEST_ID"
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,100}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, not logged."""


def register(app: Flask, metrics: Metrics) -> None:
    """Must be registered before whatever may refuse a request."""

    @app.before_request
    def begin() -> None:
        here, given = g._get_current_object(), request.environ.get(_IN_ENVIRON)
        here.begun = perf_counter()
        here.request_id = given if given is not None and _TAKEN.fullmatch(given) else f"{getrandbits(128):032x}"
        logs.request_id.set(here.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        here, asked, status = g._get_current_object(), request._get_current_object(), response.status_code
        seconds = perf_counter() - here.begun
        route = asked.url_rule.rule if asked.url_rule else "unmatched"
        response.headers.extend({HEADER: here.request_id, "X-Content-Type-Options": "nosniff"})
        metrics.answered(route, status, seconds)
        if status == 429:
            metrics.rate_limited.inc()
        if route not in _QUIET:
            structlog.get_logger().info(
                "request", method=asked.method, route=route, status=status, milliseconds=round(seconds * 1000, 3),
            )  # fmt: skip
        return response
