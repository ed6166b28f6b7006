"""Every case of the book: outcome, amounts and deciding rules as worked out by hand."""

from __future__ import annotations

import pytest

from service.cases.running import run_case
from service.policy.cases import Case, load_cases
from tests.shipped_book import NOW
from tests.translation.bureau import BUREAU


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.practice}-{case.id}") for case in load_cases(BUREAU.files)]
)
def test_case(case: Case) -> None:
    result = run_case(BUREAU.policy, BUREAU.checks, case, NOW)
    assert result.passed, "\n".join([f"{case.place}: {case.worked}", *result.wrong])


def test_every_rule_and_row_is_shown_by_a_case() -> None:
    shown = {rule for case in load_cases(BUREAU.files) for rule in case.rules}
    assert sorted(rule.id for rule in BUREAU.policy.book.rules if rule.id not in shown) == []
