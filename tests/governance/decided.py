"""Decisions as the ledger keeps them, by the agency's book or by another, and what somebody wants of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.request import BookChecks, read_request
from schemas.vocabulary import facts_of
from service.api.recording import Made, entry
from service.domain.afterwards import Asked, Wish
from service.evaluation import evaluate
from service.ledger import Entry
from service.matching.runtimes import Policy
from service.opening import InForce
from service.policy.cases import merged

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

WEBSITE: dict[str, Any] = {
    "currency": "EUR",
    "as_of": "2026-03-02",
    "received_at": "2026-03-02T09:00:00+02:00",
    "client": {"id": "c-1", "name": "Ann"},
    "job": {
        "scope": "complete",
        "lines": [
            {"description": "Design", "cost": 60_000, "fair_price": 120_000},
            {"description": "Pages", "cost": 80_000, "fair_price": 180_000},
        ],
    },
}
"""3,000.00, half of it beforehand; the floor is 1,400.00 + 20 % = 1,680.00."""


def recorded(policy: Policy, change: Mapping[str, Any] | None = None) -> Entry:
    """The website's decision, or that of a request with changes laid over it."""
    book = policy.book
    checks = BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts)
    request = read_request(merged(WEBSITE, change or {}), NOW, checks)
    facts = facts_of(request, book.extra_facts)
    decision = evaluate(policy, request, facts, "d-1", NOW)
    return entry(
        Made(request=request, facts=facts, decision=decision, in_force=InForce(policy, checks)), "u-desk", b"", None
    )


def wish(reason: str = "closes_the_sale", **asked: Any) -> Wish:
    return Wish(reason=reason, note="Agreed on the phone.", asked=Asked(**asked))
