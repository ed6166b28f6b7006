"""/client: what the firm's books, its policy and the record say of one client on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import orjson
from flask import Blueprint, Response, redirect

from schemas.findings import Invalid
from schemas.request import load_with_given
from schemas.vocabulary import declarations, facts_of
from service.api import queries
from service.api.access import caller, needs
from service.api.deciding import known
from service.api.services import Services, services
from service.domain.facts import FactDecl, Value
from service.domain.people import Role
from service.ledger.search import Search, Wanted
from service.opening import InForce
from service.pages.figures import figures
from service.pages.page import page
from service.policy.nodes import HAS

blueprint = Blueprint("client_page", __name__, template_folder="templates")
DECISIONS = 20
OF_CLIENTS = "client."
Told = tuple[str, str]
"""What a fact means, and its value as its reader writes it."""


@dataclass(frozen=True, slots=True)
class Stands:
    """What the next request of a client would be decided on. `books`: facts that are taken from the firm's books.
    `policy`: what the policy derives from them, of a request that says nothing else. `missing`: why neither is known.
    """

    books: tuple[Told, ...] = ()
    policy: tuple[Told, ...] = ()
    missing: str = ""


@blueprint.get("/client")
@needs(Role.MANAGER)
def client() -> Response:
    at, id = services(), queries.printable("id")
    if id is None:
        return redirect("/clients", 303)  # type: ignore[return-value]
    as_of = queries.day("as_of") or at.now().date()
    account = at.knowing.account(id, as_of)
    decided = Search(at.ledger.database).page(Wanted(client_id=id), DECISIONS).found
    return page(
        "client.html", 200 if account or decided else 404,
        caller=caller(), id=id, as_of=as_of, account=account, stands=_stands(at, id, as_of) if account else Stands(),
        decided=decided, money=figures().money,
    )  # fmt: skip


def _stands(at: Services, id: str, as_of: date) -> Stands:
    """Through the same doors as a quote request of the client."""
    in_force = at.policy.followed().on(as_of, None)
    if in_force is None:
        return Stands(missing="No version of the policy is in force on that day.")
    book = in_force.policy.book
    body = {"currency": book.currency, "as_of": as_of.isoformat(), "client": {"id": id}, "job": {"lines": []}}
    try:
        request, given = load_with_given(orjson.dumps(body), at.now())
        request, from_books = known(at, in_force, request, given, caller().role)
    except Invalid as invalid:
        return Stands(missing=" ".join(finding.message for finding in invalid.findings))
    facts: dict[str, Value] = {**facts_of(request, {}), **_nothing_said(book.extra_facts)}
    taken = from_books.taken if from_books else ()
    return Stands(_taken(facts, taken, book.currency), _derived(in_force, as_of, facts))


def _nothing_said(extra: Mapping[str, FactDecl]) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, declared in extra.items():
        facts[name] = declared.zero() if declared.default is None else declared.default
        if declared.optional:
            facts[HAS + name] = False
    return facts


def _taken(facts: Mapping[str, Value], taken: tuple[str, ...], currency: str) -> tuple[Told, ...]:
    """In the order of the vocabulary; signals of hassle that never came are left out."""
    return tuple(
        (f"{declared.meaning}{_window(name)}", figures().value(declared.type, facts[name], currency))
        for name, declared in declarations().items()
        if name in taken and (facts[name] or not _window(name))
    )


def _derived(in_force: InForce, as_of: date, facts: Mapping[str, Value]) -> tuple[Told, ...]:
    book = in_force.policy.book
    values = in_force.policy.runtime(as_of, book.currency).outlook(facts)
    return tuple(
        (each.meaning, figures().value(each.type, values[each.name], book.currency))
        for each in book.computed
        if each.name.startswith(OF_CLIENTS) and not each.stage
    )


def _window(name: str) -> str:
    """The months that a signal of hassle is counted over, which its meaning leaves out."""
    if name.startswith("hassle.recent."):
        return " In the last six months."
    return " In the eighteen months before." if name.startswith("hassle.older.") else ""
