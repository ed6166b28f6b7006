"""Of all changes of one number, comparison, connective, effect or rule, the shipped book's cases notice 95 %."""

from __future__ import annotations

import os

import pytest

from service.cases.mutants import mutants
from service.cases.mutation import Jury, verdicts
from service.cases.running import pose
from service.cases.survivors import judgement
from service.policy.cases import load_cases, load_survivors
from tests.agency.shipped import NOW, checks, files, policy

LEAST_PERCENT = 95


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_cases_notice_nearly_every_change_and_the_rest_is_explained() -> None:
    book = policy().book
    jury = Jury(book, [pose(case, checks(), NOW) for case in load_cases(files())])
    assert jury.failing == []
    found = verdicts(jury, mutants(book), processes=os.cpu_count() or 1)
    judged = judgement(found, load_survivors(files()))
    assert [verdict.mutant.id for verdict in judged.unexplained] == []
    assert [survivor.id for survivor in judged.stale] == []
    assert judged.noticed * 100 >= judged.counted * LEAST_PERCENT, f"{judged.noticed} of {judged.counted}"
