"""What pages are drawn with: style and script of our own, for whoever may see a page at all."""

from __future__ import annotations

from flask import Blueprint, Response, send_from_directory

from service.api.access import open_to_all

blueprint = Blueprint("assets", __name__, template_folder="templates")
MAX_AGE_SECONDS = 3_600


@blueprint.get("/pages.css")
@open_to_all
def style() -> Response:
    return _file("pages.css", "text/css")


@blueprint.get("/preview.js")
@open_to_all
def script() -> Response:
    return _file("preview.js", "text/javascript")


def _file(name: str, kind: str) -> Response:
    return send_from_directory(f"{blueprint.root_path}/templates", name, mimetype=kind, max_age=MAX_AGE_SECONDS)
