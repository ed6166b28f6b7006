"""/audit/decisions/{id}: one decision with everything that is known of it, on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response

from schemas.decision import read_decision
from schemas.vocabulary import declarations
from service.api.access import caller, needs
from service.api.decisions import existing
from service.api.services import services
from service.domain.decision import Decision
from service.domain.people import Role
from service.ledger import Entry
from service.pages import charts
from service.pages.figures import figures
from service.pages.page import page
from service.pages.printed import proof_of
from service.policy.nodes import HAS

blueprint = Blueprint("decision_page", __name__, template_folder="templates")


@blueprint.get("/audit/decisions/<decision_id>")
@needs(Role.FINANCE)
def decision(decision_id: str) -> Response:
    at, recorded = services(), existing(decision_id)
    names, entry = at.people.names(), recorded.entry
    told = read_decision(entry.answer) if recorded.kept else None
    return page(
        "decision.html", caller=caller(), entry=entry, decision=told,
        range=charts.price_range(told, None, None) if told else None,
        bars=charts.waterfall(told.waterfall) if told else (),
        facts=_facts(entry, told) if told else [], overrides=at.overrides.of(decision_id),
        endings=at.outcomes.of(decision_id), proof=proof_of(at, recorded),
        named=lambda id: f"{names[id]} ({id})" if id in names else id,
        money=partial(figures().money, currency=entry.currency), percent=figures().percent,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that the matching saw. `usual`: it is what a request that doesn't tell of it is taken to say."""

    name: str
    meaning: str
    value: str
    origin: str
    usual: bool


def _facts(entry: Entry, decision: Decision) -> list[Known]:
    """By name; marks of what is given left out."""
    declared, values = declarations(), orjson.loads(entry.facts)
    books = decision.from_books
    taken, instead = (frozenset(books.taken), frozenset(books.given)) if books else (frozenset(), frozenset())

    def origin(name: str) -> str:
        if name in taken:
            return "the firm's books"
        return "the caller, instead of the books" if name in instead else "the request"

    def written(name: str, value: Any) -> str:
        if name not in declared or value is None:
            return "" if value is None else str(value)
        held = frozenset(value) if isinstance(value, list) else value
        return figures().value(declared[name].type, held, entry.currency)

    def usual(name: str, value: Any) -> bool:
        if name not in declared or name in taken or name in instead:
            return False
        if declared[name].default is None:
            return values.get(HAS + name) is False
        return bool(value == declared[name].default)

    return [
        Known(
            name,
            declared[name].meaning if name in declared else "",
            written(name, value),
            origin(name),
            usual(name, value),
        )
        for name, value in sorted(values.items())
        if not name.startswith(HAS)
    ]
