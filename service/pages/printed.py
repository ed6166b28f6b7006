"""/decisions/{id}/print: one decision on paper, as finance files it: how it came about, who agreed, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, send_from_directory

from schemas.decision import read_decision
from service.api.access import needs, open_to_all
from service.api.decisions import existing
from service.api.services import Services, services
from service.domain.money import text as money
from service.domain.people import Role
from service.domain.units import decimal_text
from service.ledger import Recorded
from service.ledger.log.checkpoints import opened
from service.ledger.log.keys import known_keys
from service.ledger.log.receipts import NotSealed, Receipts, receipt_faults
from service.pages.page import page

blueprint = Blueprint("printed", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Proof:
    """`faults`: what speaks against it. `receipt`: None where there is none yet, or none any more."""

    receipt: dict[str, Any] | None
    faults: tuple[str, ...]
    sealed_at: str = ""
    signers: tuple[str, ...] = ()


@blueprint.get("/decisions/<decision_id>/print")
@needs(Role.FINANCE)
def printed(decision_id: str) -> Response:
    at, recorded = services(), existing(decision_id)
    names = at.people.names()
    return page(
        "printed.html",
        entry=recorded.entry,
        decision=read_decision(recorded.entry.answer) if recorded.kept else None,
        overrides=at.overrides.of(decision_id),
        endings=at.outcomes.of(decision_id),
        proof=proof_of(at, recorded),
        named=lambda id: f"{names[id]} ({id})" if id in names else id,
        money=lambda amount: "" if amount is None else money(amount, recorded.entry.currency),
        percent=lambda share: "" if share is None else f"{decimal_text(share, 100)} %",
    )


@blueprint.get("/print.css")
@open_to_all
def style() -> Response:
    return send_from_directory(f"{blueprint.root_path}/templates", "print.css", mimetype="text/css", max_age=3_600)


def proof_of(at: Services, recorded: Recorded) -> Proof:
    """By the keys that the database names: what the page can say by itself."""
    database = at.ledger.database
    receipt = Receipts(database).of("decision", recorded.decision_id)
    if receipt is None:
        return Proof(None, ("the log doesn't hold it",))
    if isinstance(receipt, NotSealed):
        return Proof(None, ())
    keys = [known.verifier for known in known_keys(database)]
    faults = receipt_faults(receipt, keys, recorded.answer if recorded.kept else None)
    if faults:
        return Proof(dict(receipt), tuple(faults))
    head = opened(receipt["checkpoint"], keys)
    return Proof(dict(receipt), (), f"{head.sealed_at:%Y-%m-%d %H:%M:%S} UTC", tuple(map(str, keys)))
