"""Every case of the shipped book: outcome, amounts and deciding rules as worked out by hand."""

from __future__ import annotations

import pytest

from service.cases.running import run_case
from service.policy.cases import Case, load_cases
from tests.agency.shipped import AGENCY
from tests.shipped_book import NOW


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.practice}-{case.id}") for case in load_cases(AGENCY.files)]
)
def test_case(case: Case) -> None:
    result = run_case(AGENCY.policy, AGENCY.checks, case, NOW)
    assert result.passed, "\n".join([f"{case.place}: {case.worked}", *result.wrong])
