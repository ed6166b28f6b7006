"""Whatever was asked of the shipped book: made again from what the ledger keeps, not a byte differs."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.api.recording import Made, entry
from service.evaluation import evaluate
from service.governance.replaying import again
from service.opening import InForce
from tests.agency.requests_at_random import request as requested
from tests.agency.shipped import AGENCY
from tests.shipped_book import NOW


@pytest.mark.parametrize("seed", range(60))
def test_a_replay_is_the_same_to_the_byte(seed: int) -> None:
    body, why_not = requested(Random(seed)), seed % 2 == 0
    own = InForce(AGENCY.policy, AGENCY.checks)
    request = read_request(body, NOW, own.checks)
    facts = facts_of(request, own.policy.book.extra_facts)
    decision = evaluate(own.policy, request, facts, "d-1", NOW, why_not)
    kept = entry(Made(request=request, facts=facts, decision=decision, in_force=own), "u-1", b"", None)
    replayed = again(kept, own)
    assert (replayed.difference.parts, replayed.same) == ((), True)
    assert not again(replace(kept, answer=kept.answer.replace(b'"as_of":"2', b'"as_of":"3', 1)), own).same
