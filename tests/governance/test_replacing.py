"""Values replaced by a person, and what follows from them: nothing else moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.domain.afterwards import Asked
from service.governance.replacing import replaced, replaced_by
from service.matching.runtime import Runtime
from service.policy.cases import load_cases
from tests.agency.shipped import AGENCY
from tests.shipped_book import NOW, ShippedBook
from tests.translation.bureau import BUREAU


def answers(book: ShippedBook) -> Iterator[tuple[str, Runtime, dict[str, Any]]]:
    for case in load_cases(book.files):
        request = read_request(case.request, NOW, book.checks)
        runtime = book.policy.runtime(request.as_of, request.currency)
        yield case.id, runtime, runtime.outlook(facts_of(request, book.policy.book.extra_facts))


@pytest.mark.parametrize("book", [AGENCY, BUREAU], ids=["agency", "translation"])
def test_with_nothing_replaced_every_formula_says_what_it_said(book: ShippedBook) -> None:
    """Of every case: the trees walked one by one come to what the second opinion said."""
    count = 0
    for case, runtime, env in answers(book):
        assert replaced(runtime.program, env, {}) == env, case
        count += 1
    assert count > 100


@pytest.mark.parametrize("outcome", ["quote", "needs_details", "decline"])
def test_an_outcome_is_what_the_formulas_then_say(outcome: str) -> None:
    for case, runtime, env in answers(AGENCY):
        values = replaced_by(Asked(outcome=outcome))
        assert replaced(runtime.program, env, values)["decision.outcome"] == outcome, case


def test_members_of_a_set_go_with_it() -> None:
    runtime = AGENCY.policy.runtime(date(2026, 3, 2), "EUR")
    env = {name: None for stage in runtime.program.stages for computed in stage.computed for name in [computed.name]}
    values = {**env, "decision.approvals": frozenset({"owner"})}
    after = replaced(runtime.program, {"decision.approvals:owner": False}, values)
    assert after["decision.approvals:owner"] is True
