"""What every page has in common: its headers."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from service.domain.people import Role
from service.pages.figures import figures

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_WITH_SCRIPT = f"{_POLICY}; script-src 'self'; connect-src 'self'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def page(template: str, status: int = 200, script: bool = False, **values: Any) -> Response:
    """`script`: the page has a script of ours, which may ask this service."""
    headers = _HEADERS | ({"Content-Security-Policy": _WITH_SCRIPT} if script else {})
    return Response(
        render_template(template, finance=Role.FINANCE, figures=figures(), **values),
        status,
        headers,
        content_type="text/html; charset=utf-8",
    )
