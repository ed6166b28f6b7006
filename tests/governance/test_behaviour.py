"""Two books on the same requests: amounts worked out by hand, from the tiny book's numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import orjson
import pytest

from schemas.request import BookChecks, read_request
from service.cases.trial import Trial
from service.governance.diff.behaviour import Asked, Decider, Origin, Total, asked_by_cases, behaviour
from tests.governance.conftest import edition, replaced

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def decider(side):
    book = side.book
    return Decider(Trial(book), BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts))


def request(scenes=0, currency="EUR", **changed):
    """Worth 1,500.00 and a cost of 1,000.00: the floor is 1,200.00."""
    return {
        "currency": currency,
        "as_of": "2026-03-02",
        "received_at": "2026-03-02T10:00:00+02:00",
        "client": {"id": "c-1"},
        "job": {
            "title": "Website",
            "scope": "complete",
            "lines": [{"description": "Design", "kind": "make", "cost": 100_000, "fair_price": 150_000}],
        },
        "deal": {},
        "hassle": {"recent": {"scenes": scenes}},
        **changed,
    }


def asked(*requests):
    return [Asked(Origin.DECISION, f"d{number}", body) for number, body in enumerate(requests, 1)]


@pytest.fixture
def both(tiny, loaded):
    def made(*texts):
        return decider(loaded), decider(edition(replaced(tiny, *texts)))

    return made


def test_the_difference_in_money(both):
    """10 % on 1,500.00 is 150.00, 12 % is 180.00; in yen at 163.5 an amount of 1,500 is asked as such."""
    before, after = both(('2026-01-01: "10 %"', '2026-01-01: "12 %"'))
    found = behaviour(before, after, Origin.DECISION, asked(request(4), request(3), request(5, "JPY")), NOW)
    assert found.asked == 3
    assert [(d.asked.name, d.before.price.target, d.after.price.target, d.money) for d in found.differences] == [
        ("d1", 165_000, 168_000, 3_000),
        ("d3", 165_000, 168_000, 3_000),
    ]
    assert found.differences[0].parts[0] == "price"
    assert found.totals == (Total("EUR", 2, 315_000, 318_000), Total("JPY", 1, 165_000, 168_000))


def test_a_price_gained_and_a_price_lost(both):
    """500.00 is a third of 1,500.00 and no more; a quarter would be 375.00."""
    before, after = both(("deal.budget * 3", "deal.budget * 4"))
    requests = asked(request(deal={"budget": 50_000}))
    (gained,) = behaviour(before, after, Origin.DECISION, requests, NOW).differences
    assert (gained.before.outcome, gained.after.outcome, gained.money) == ("decline", "quote", None)
    (total,) = behaviour(before, after, Origin.DECISION, requests, NOW).totals
    assert total == Total("EUR", 0, 0, 0, (0, 0), (150_000, 1))
    (total,) = behaviour(after, before, Origin.DECISION, requests, NOW).totals
    assert total == Total("EUR", 0, 0, 0, (150_000, 1), (0, 0))


def test_what_differs_only_otherwise(both):
    before, after = both(("milestones: 2}", "milestones: 3}"))
    found = behaviour(before, after, Origin.DECISION, asked(request()), NOW)
    (difference,) = found.differences
    assert not difference.decisive
    assert difference.money == 0
    assert "terms" in difference.parts
    assert "price" not in difference.parts


def test_an_item_that_cannot_be_answered_stops_no_other(both):
    before, after = both(("  USD:", "  GBP:"))
    requests = asked(request(currency="USD"), request(currency="CHF"), {"currency": "EUR"}, request(4))
    requests.append(Asked(Origin.DECISION, "broken", b'{"currency": '))
    found = behaviour(before, after, Origin.DECISION, requests, NOW)
    (one_sided,) = found.differences
    assert (one_sided.asked.name, one_sided.before.outcome, one_sided.after.outcome) == ("d1", "quote", "")
    assert "no exchange rate for USD" in one_sided.after.refused
    assert [text.partition(":")[0] for text in found.refused] == ["d2", "d3", "broken"]
    assert found.asked == 5


def test_a_request_as_the_ledger_keeps_it(both, loaded):
    """With every optional field spelled out, and the version that was asked for then."""
    checks = BookChecks(ZoneInfo("UTC"), loaded.book.version, loaded.book.extra_facts)
    body = request(4, policy_version=loaded.book.version, extra={"charity": True})
    read = read_request(body, NOW, checks)
    assert read.as_of == date(2026, 3, 2)
    before, after = both(('2026-01-01: "10 %"', '2026-01-01: "12 %"'))
    found = behaviour(before, after, Origin.DECISION, [Asked(Origin.DECISION, "d1", orjson.dumps(read))], NOW)
    assert found.refused == ()
    assert [difference.money for difference in found.differences] == [3_000]


def test_cases_of_both_books(tiny, loaded):
    other = edition(replaced(tiny, ("hassle-outside", "hassle-below"), ("scenes: 4", "scenes: 5")))
    assert [each.name for each in asked_by_cases(loaded.cases, other.cases)] == [
        "hassle-applies (as in A)",
        "hassle-applies (as in B)",
        "hassle-below",
        "hassle-outside",
    ]
