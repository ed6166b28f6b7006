from __future__ import annotations

from datetime import date
from random import Random

from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.matching.width import compiled_width
from tests.agency.requests_at_random import request
from tests.agency.shipped import AGENCY
from tests.shipped_book import NOW


def test_the_two_ends_are_those_of_the_whole_second_opinion() -> None:
    runtime = AGENCY.policy.runtime(date(2026, 3, 2), "EUR")
    width = compiled_width(runtime.program)
    random = Random("width")
    for _ in range(300):
        facts = facts_of(read_request({**request(random), "currency": "EUR"}, NOW), AGENCY.policy.book.extra_facts)
        weight, count = random.randrange(30), random.randrange(5)
        env = runtime.outlook({**facts, "job.open_weight": weight, "job.open_count": count})
        assert width(facts, weight, count) == int(str(env["decision.high"])) - int(str(env["decision.low"]))
