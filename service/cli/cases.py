"""A book's own example cases, decided and compared with what was worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from schemas.decision import dump_decision
from schemas.findings import Invalid
from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.cli.books import OpenBook
from service.evaluation import evaluate
from service.policy.binding import NoRate, NoValue
from service.policy.cases import Case, differences
from service.policy.findings import Finding

DIFFERS = "case-differs"


def failing(book: OpenBook, cases: tuple[Case, ...], now: datetime) -> Iterator[Finding]:
    """A finding for each difference between a case and the decision on its request, in the cases' order."""
    for case in cases:
        for difference in _differences(book, case, now):
            yield Finding(case.place, DIFFERS, difference, subject=case.id)


def _differences(book: OpenBook, case: Case, now: datetime) -> list[str]:
    try:
        request = read_request(case.request, now, book.checks)
        facts = facts_of(request, book.policy.book.extra_facts)
        decision = evaluate(book.policy, request, facts, case.id, now)
    except Invalid as invalid:
        return [f"the request is refused: {finding}" for finding in invalid.findings]
    except (NoRate, NoValue) as missing:
        return [f"no decision is possible: {missing}"]
    fired = {reason.rule for reason in decision.reasons}
    return [
        *differences(case.expect, json.loads(dump_decision(decision))),
        *(f"rule {rule} should have fired" for rule in case.rules if rule not in fired),
        *(f"rule {rule} should not have fired" for rule in case.not_rules if rule in fired),
    ]
