"""/audit: finance finds decisions among all, page by page, and takes them away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from service.api import queries
from service.api.access import caller, needs
from service.api.problems import Refused
from service.api.searching import OUTCOMES, wanted
from service.api.services import Services, services
from service.domain.afterwards import RESULTS
from service.domain.money import EXPONENTS
from service.domain.people import Role
from service.domain.units import decimal_text
from service.exporting.exports import FORMATS
from service.ledger.search import Page, Search
from service.pages.asked import CURRENCIES, minor_units
from service.pages.figures import figures
from service.pages.page import page

blueprint = Blueprint("audit_page", __name__, template_folder="templates")
ROWS = 50
AMOUNTS = {"lowest": "target_from", "highest": "target_to"}
"""Filters by what the form calls them, where money is written with a point."""


@blueprint.get("/audit")
@needs(Role.FINANCE)
def audit() -> Response:
    at, refused, found = services(), "", Page((), None)
    typed = {name: text.strip() for name, text in request.args.items()}
    asked = {name: text for name, text in typed.items() if text}
    try:
        asked = _in_minor_units(at, asked)
        if asked != typed:
            return redirect(f"/audit?{urlencode(asked)}" if asked else "/audit", 303)  # type: ignore[return-value]
        found = Search(at.ledger.database).page(wanted(at), ROWS, queries.printable("before"))
    except ValueError as fault:
        refused = f"Of the target: {fault}."
    except Refused as fault:
        refused = fault.problem.detail
    filters = {name: text for name, text in asked.items() if name != "before"}
    return page(
        "audit.html", 400 if refused else 200,
        caller=caller(), form=_as_typed(at, filters), found=found, refused=refused, outcomes=OUTCOMES, results=RESULTS,
        currencies=sorted({*CURRENCIES, at.policy.current.policy.book.currency, *_currency(filters)}),
        formats=tuple(FORMATS), query=urlencode(filters), money=figures().money,
        names=at.people.names(), roles=tuple(Role),
        older=urlencode({**filters, "before": found.next}) if found.next else "",
    )  # fmt: skip


def _in_minor_units(at: Services, asked: Mapping[str, str]) -> dict[str, str]:
    """The filters with amounts as the API takes them; those are of one currency. Raises ValueError."""
    currency = asked.get("currency") or at.policy.current.policy.book.currency
    filters = {name: text for name, text in asked.items() if name not in AMOUNTS.values()}
    for name, typed in AMOUNTS.items():
        if typed in asked:
            if currency not in EXPONENTS:
                raise ValueError(f"{currency!r} is no currency that amounts are kept in")
            filters |= {name: str(minor_units(asked[typed], currency)), "currency": currency}
    return filters


def _as_typed(at: Services, filters: Mapping[str, str]) -> dict[str, str]:
    """The filters with amounts as the form has them; what is no amount stays as it came."""
    usual = (*_currency(filters), at.policy.current.policy.book.currency)[0]
    amounts = {
        typed: decimal_text(int(filters[name]), 10 ** EXPONENTS[usual]) if filters[name].isdecimal() else filters[name]
        for name, typed in AMOUNTS.items()
        if name in filters
    }
    return {**filters, **amounts}


def _currency(filters: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for name, text in filters.items() if name == "currency" and text in EXPONENTS)
