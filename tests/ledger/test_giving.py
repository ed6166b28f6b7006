"""What was given away and what got lost, by hand-worked ledgers on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from service.domain.afterwards import Asked, Ending
from service.domain.giving import Sum, leaked, summed
from service.ledger import Given, Ledger, Outcomes, Overrides, migrate, new_decision_id
from service.ledger.giving import Giving
from service.ledger.migrate import roll_back
from tests.ledger.conftest import NOON
from tests.ledger.test_overrides import override

FEBRUARY, MARCH = datetime(2026, 2, 10, tzinfo=UTC), NOON
DISCOUNT = Given("discount", 5_000, 500, ("a", "b"))
EXTRAS = Given("free_extras", 1_000, None, ("c",))


@pytest.fixture
def tell(ledger):
    def told(decision, final=None, result="won", day=date(2026, 3, 12)):
        ending = Ending(result=result, final_amount=final, happened_on=day, why=None, hassle=None)
        Outcomes(ledger.database).add(decision.id, ending, "u-1", new_decision_id(NOON), NOON)

    return told


@pytest.fixture
def made(ledger, entry):
    def decided(at=MARCH, **changed):
        one = entry(id=new_decision_id(at), recorded_at=at, **changed)
        ledger.record([one])
        return one

    return decided


@pytest.fixture
def giving(ledger):
    return Giving(ledger.database)


def test_by_month_client_caller_and_rules(giving, made, tell):
    tell(made(given=(DISCOUNT, EXTRAS)), 115_000)
    tell(made(given=(DISCOUNT,)), result="lost")
    made(FEBRUARY, client_id="c-2", caller="ann", given=(DISCOUNT,), currency="USD")
    made(target=None)
    february, march = giving.months(date(2026, 2, 1), date(2026, 3, 2))
    assert (february.name, march.name) == ("2026-02", "2026-03")
    assert summed(march.given, lambda each: each.rules) == (Sum("a b", "EUR", 2, 10_000, 5_000),
                                                            Sum("c", "EUR", 1, 1_000, 1_000))  # fmt: skip
    assert summed(february.given + march.given, lambda each: each.client_id) == (
        Sum("c-1", "EUR", 3, 11_000, 6_000), Sum("c-2", "USD", 1, 5_000, 0),
    )  # fmt: skip
    assert march.outcomes == {"quote": 3}


def test_a_corrected_outcome_counts_as_corrected(giving, made, tell):
    decided = made(given=(DISCOUNT,))
    tell(decided, 100_000)
    tell(decided, result="lost")
    (march,) = giving.months(date(2026, 3, 1), date(2026, 3, 31))
    assert [(each.offered, each.given) for each in march.given] == [(5_000, 0)]
    assert march.won == ()
    assert giving.of_client("c-1", date(2025, 3, 2), date(2026, 12, 31)) == ()


def test_what_was_agreed_below_the_target_is_lost(giving, made, tell, ledger):
    tell(made(), 115_000)  # 5,000 below, and nobody decided so
    tell(made(), 130_000)  # above: nothing lost, and nothing to set off against another
    tell(made())  # nobody told: the target
    overridden = made()
    Overrides(ledger.database).add(override(overridden, 110_000))
    tell(overridden, 108_000)  # 10,000 by a person, 2,000 by nobody
    only_overridden = made(caller="ann")
    Overrides(ledger.database).add(override(only_overridden, 100_000))
    Overrides(ledger.database).add(override(only_overridden, 90_000, by="u-2"))
    tell(only_overridden)
    put_back = made(client_id="c-9", caller="put-back")
    Overrides(ledger.database).add(override(put_back, 100_000))
    Overrides(ledger.database).add(override(put_back, asked=Asked(credit_days=14), by="u-2"))
    tell(put_back)  # the last override leaves the price as it was decided
    assert giving.of_client("c-9", date(2025, 3, 2), date(2026, 3, 31)) == (("EUR", 0),)
    (march,) = giving.months(date(2026, 3, 1), date(2026, 3, 31))
    (ann, of_ann), (back, of_back), (shop, of_shop) = leaked(march.won, lambda each: each.caller)
    assert (ann, of_ann.quotes, of_ann.agreed, of_ann.lost, of_ann.overridden) == ("ann", 1, 90_000, 30_000, 30_000)
    assert (back, of_back.agreed, of_back.lost, of_back.overridden) == ("put-back", 120_000, 0, 0)
    assert (shop, of_shop.quotes, of_shop.quoted) == ("shop", 4, 480_000)
    assert (of_shop.agreed, of_shop.lost, of_shop.overridden) == (473_000, 17_000, 10_000)


def test_of_one_client_in_a_year(giving, made, tell):
    assert giving.any_won() is False
    tell(made(given=(DISCOUNT, EXTRAS)), 117_000, day=date(2026, 3, 2))  # 6,000 and 3,000 more below the target
    assert giving.any_won() is True
    tell(made(given=(DISCOUNT,), currency="USD"), 120_000, day=date(2025, 3, 3))
    tell(made(given=(DISCOUNT,)), 120_000, day=date(2025, 3, 2))  # a year ago to the day: not any more
    tell(made(given=(DISCOUNT,)), 120_000, day=date(2026, 3, 3))  # not yet
    tell(made(client_id="c-2", given=(DISCOUNT,)), 1)
    found = giving.of_client("c-1", date(2025, 3, 2), date(2026, 3, 2))
    assert sorted(found) == [("EUR", 9_000), ("USD", 5_000)]
    assert giving.of_client("c\0", date(2025, 3, 2), date(2026, 3, 2)) == ()


def test_a_repeated_request_gives_once(giving, ledger, entry):
    entries = [entry(id=new_decision_id(NOON), idempotency_key="k", given=(DISCOUNT,)) for _ in range(2)]
    for one in entries:
        ledger.record([one])
    (march,) = giving.months(date(2026, 3, 1), date(2026, 3, 31))
    assert [each.decisions for each in march.given] == [1]


def test_older_ledgers_are_filled_from_their_answers(url, ledger, entry):
    told = {"concessions": [{"kind": "discount", "amount": 5_000, "percent": 500, "rules": ["a", "b"]}]}
    for n in range(3):
        ledger.record([entry(id=new_decision_id(NOON), client_id=f"c-{n}", answer=json.dumps(told).encode())])
    ledger.close()
    roll_back(url, "0006")
    migrate(url)
    again = Ledger(url)
    with again.database.reads() as connection:
        rows = connection.execute(text("SELECT kind, amount, percent, rules FROM concessions")).all()
    again.close()
    assert [tuple(row) for row in rows] == [("discount", 5_000, 500, "a b")] * 3
