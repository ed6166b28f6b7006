"""GET /docs: Swagger UI from the installed package, so that it works offline; nothing is loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, abort, send_from_directory

from service.api.access import open_to_all

blueprint = Blueprint("docs", __name__)
_DIST = Path(flask_swagger_ui.__file__).with_name("dist")
_ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-16x16.png", "favicon-32x32.png"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Quotewright</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="ui">This page needs JavaScript; the document itself is at <a href="openapi.json">openapi.json</a>.</div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#ui", deepLinking: true, validatorUrl: null});\n'


@blueprint.get("/docs")
@open_to_all
def page() -> Response:
    return Response(_PAGE, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})


@blueprint.get("/docs/start.js")
@open_to_all
def start() -> Response:
    return Response(_START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/docs/<name>")
@open_to_all
def asset(name: str) -> Response:
    if name not in _ASSETS:
        abort(404)
    return send_from_directory(_DIST, name, max_age=86_400)
