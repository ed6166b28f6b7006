"""What a browser sees where a page can't be shown: the problem that programs are told, in words and with a way on."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from schemas.problem import CONTENT_TYPE
from service.pages.page import bare_page

_MACHINES = (CONTENT_TYPE, "application/json", "text/html")
_TITLES = {
    400: "That can't be asked",
    403: "Not with this role",
    404: "Nothing is there",
    409: "Not as things stand",
    410: "No longer kept",
    429: "Too many requests",
    503: "Not just now",
}


def register(app: Flask, rooms: frozenset[str]) -> None:
    """`rooms`: names of the blueprints whose answers are pages."""

    @app.after_request
    def shown(response: Response) -> Response:
        if response.mimetype != CONTENT_TYPE or not _looked_at(rooms):
            return response
        problem: dict[str, Any] = response.get_json()
        answer = bare_page(
            "fault.html", response.status_code,
            title=_TITLES.get(response.status_code, "Something went wrong"), detail=problem["detail"],
            findings=problem.get("findings", ()), request_id=problem.get("request_id", ""),
        )  # fmt: skip
        for name, value in response.headers:
            if name not in answer.headers and not name.startswith("Content-"):
                answer.headers[name] = value
        return answer


def _looked_at(rooms: frozenset[str]) -> bool:
    """By a browser: a page, or an address that there is not."""
    ours = request.blueprint in rooms or request.endpoint is None
    return ours and request.accept_mimetypes.best_match(_MACHINES) == "text/html"
