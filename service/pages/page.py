"""What every page has in common: its headers."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template

from service.domain.people import Role
from service.pages.figures import figures

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_WITH_SCRIPT = f"{_POLICY}; script-src 'self'; connect-src 'self'"
_HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def page(template: str, status: int = 200, script: bool = False, **values: Any) -> Response:
    """`script`: the page has a script of ours, which may ask this service."""
    headers = _HEADERS | ({"Content-Security-Policy": _WITH_SCRIPT} if script else {})
    html = render_template(template, finance=Role.FINANCE, figures=figures(), **values)
    return Response(html, status, headers, content_type=_HTML)


def bare_page(template: str, status: int, **values: Any) -> Response:
    """A page that asks nobody anything: the reader may not be known, and the ledger may be away."""
    html = current_app.jinja_env.get_template(template).render(**values)
    return Response(html, status, _HEADERS, content_type=_HTML)
