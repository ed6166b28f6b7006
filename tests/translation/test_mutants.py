"""Of all changes of one number, comparison, connective, effect or rule, the bureau's cases notice 95 %."""

from __future__ import annotations

import pytest

from tests.translation.bureau import BUREAU

LEAST_PERCENT = 95


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_cases_notice_nearly_every_change_and_the_rest_is_explained() -> None:
    judged = BUREAU.mutated()
    assert [verdict.mutant.id for verdict in judged.unexplained] == []
    assert [survivor.id for survivor in judged.stale] == []
    assert judged.noticed * 100 >= judged.counted * LEAST_PERCENT, f"{judged.noticed} of {judged.counted}"
