"""Every case of the shipped book: outcome, amounts and deciding rules as worked out by hand."""

from __future__ import annotations

import pytest

from service.policy.cases import Case, differences, load_cases
from tests.agency.shipped import answer, files, rules_of


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.practice}-{case.id}") for case in load_cases(files())])
def test_case(case: Case) -> None:
    decision = answer(case.request)
    fired = rules_of(decision)
    wrong = differences(case.expect, decision)
    wrong += [f"rule {rule}: expected to fire, did not" for rule in case.rules if rule not in fired]
    wrong += [f"rule {rule}: expected not to fire, did" for rule in case.not_rules if rule in fired]
    assert not wrong, "\n".join([f"{case.place}: {case.worked}", *wrong])
