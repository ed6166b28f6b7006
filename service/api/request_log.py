"""A request's id, its line in the log and its numbers. Logs routes, never addresses, bodies or queries."""

from __future__ import annotations

import os
import re
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from service.metrics import Metrics

HEADER = "X-Request-Id"
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,100}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, not logged."""


def register(app: Flask, metrics: Metrics) -> None:
    """Must be registered before whatever may refuse a request."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.begun = perf_counter()
        g.request_id = given if _TAKEN.fullmatch(given) else os.urandom(16).hex()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = perf_counter() - g.begun
        route = request.url_rule.rule if request.url_rule else "unmatched"
        response.headers[HEADER] = g.request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        metrics.answered(route, response.status_code, seconds)
        if response.status_code == 429:
            metrics.rate_limited.inc()
        if route not in _QUIET:
            structlog.get_logger().info(
                "request", method=request.method, route=route, status=response.status_code,
                milliseconds=round(seconds * 1000, 3),
            )  # fmt: skip
        return response
