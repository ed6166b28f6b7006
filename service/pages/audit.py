"""/audit: finance finds decisions among all, page by page, and takes them away as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from schemas.problem import Problem
from service.api import queries
from service.api.access import caller, needs
from service.api.problems import Refused
from service.api.searching import OUTCOMES, wanted
from service.api.services import services
from service.domain.afterwards import RESULTS
from service.domain.people import Role
from service.exporting.exports import FORMATS
from service.ledger.search import Page, Search
from service.pages.figures import figures
from service.pages.page import page

blueprint = Blueprint("audit_page", __name__, template_folder="templates")
ROWS = 50


@blueprint.get("/audit")
@needs(Role.FINANCE)
def audit() -> Response:
    asked = {name: text.strip() for name, text in request.args.items()}
    if any(not text for text in asked.values()):
        filled = {name: text for name, text in asked.items() if text}
        return redirect(f"/audit?{urlencode(filled)}" if filled else "/audit", 303)  # type: ignore[return-value]
    at, refused = services(), None
    found = Page((), None)
    try:
        found = Search(at.ledger.database).page(wanted(at), ROWS, queries.printable("before"))
    except Refused as fault:
        refused = fault.problem
    filters = {name: text for name, text in asked.items() if name != "before"}
    return page(
        "audit.html", refused.status if refused else 200,
        caller=caller(), form=filters, found=found, refused=_words(refused), outcomes=OUTCOMES, results=RESULTS,
        formats=tuple(FORMATS), query=urlencode(filters), money=figures().money,
        names=at.people.names(), roles=tuple(Role),
        older=urlencode({**filters, "before": found.next}) if found.next else "",
    )  # fmt: skip


def _words(refused: Problem | None) -> str:
    return refused.detail if refused else ""
