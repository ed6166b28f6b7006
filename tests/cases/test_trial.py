"""A trial decides as the engine does: the whole decision, for every case of the shipped book."""

from __future__ import annotations

import orjson

from schemas.decision import dump_decision
from service.cases.running import pose
from service.cases.trial import Trial
from service.policy.cases import load_cases
from tests.agency.shipped import AGENCY
from tests.shipped_book import NOW


def test_a_trial_decides_as_the_engine_does() -> None:
    trial = Trial(AGENCY.policy.book)
    for case in load_cases(AGENCY.files):
        posed = pose(case, AGENCY.checks, NOW)
        engine, tried = (orjson.loads(dump_decision(posed.decided(by))) for by in (AGENCY.policy, trial))
        assert tried == engine, case.id


def test_a_trial_says_why_not_and_tries_other_parameters() -> None:
    case = next(case for case in load_cases(AGENCY.files) if case.id == "budget-above-a-third")
    posed = pose(case, AGENCY.checks, NOW)
    runtime = Trial(AGENCY.policy.book).runtime(posed.request.as_of, "EUR", {"hopeless_budget": 2})
    matched = runtime.decide(posed.facts)
    # Twice 1,000.01 fits into 3,000.00, three times doesn't.
    assert matched.env["decision.budget_hopeless"] is True
    assert "budget-below-the-range" in {one.rule for one in runtime.why_not(matched)}
