"""Overrides beside their decisions: in order, never twice, never instead of the decision."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.afterwards import Asked, Breach, Change, KeptOverride, Override
from service.domain.people import Role
from service.ledger import Database, Entry, Ledger, Overrides, new_decision_id
from tests.ledger.conftest import NOON, EntryMaker


@pytest.fixture
def decided(ledger: Ledger, entry: EntryMaker) -> Entry:
    made = entry()
    ledger.record([made])
    return made


@pytest.fixture
def overrides(ledger: Ledger) -> Overrides:
    return Overrides(ledger.database)


def override(decision: Entry, price: int = 100_000, **changed: object) -> Override:
    made = Override(
        id=new_decision_id(NOON),
        decision_id=decision.id,
        overridden_at=NOON,
        by="u-1",
        role=Role.MANAGER,
        reason="closes_the_sale",
        note="Übers Telefon",
        asked=Asked(price=price),
        changes=(Change(name="target", old=120_000, new=price), Change(name="low", old=None, new=price)),
        breaches=(Breach(guardrail="floor", practice="P1", why="below"),),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_what_goes_in_comes_out_and_the_decision_stays(ledger: Ledger, overrides: Overrides, decided: Entry) -> None:
    kept = override(decided, asked=Asked(price=1, prepayment=2, credit_days=3, outcome="quote"))
    assert overrides.add(kept) == KeptOverride(override=kept, repeated=False)
    assert overrides.of(decided.id) == (kept,)
    found = ledger.find(decided.id)
    assert found is not None
    assert found.entry == decided


def test_they_stand_in_order_even_where_a_clock_is_behind(overrides: Overrides, decided: Entry) -> None:
    first, second, third = (override(decided, price) for price in (1, 2, 3))
    overrides.add(first)
    overrides.add(replace(second, overridden_at=NOON - timedelta(seconds=5)))
    overrides.add(third)
    assert [kept.asked.price for kept in overrides.of(decided.id)] == [1, 2, 3]
    times = [kept.overridden_at for kept in overrides.of(decided.id)]
    assert times == [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(microseconds=2)]


def test_asked_again_it_is_the_same(overrides: Overrides, decided: Entry) -> None:
    first = override(decided)
    overrides.add(first)
    again = overrides.add(override(decided, overridden_at=NOON + timedelta(minutes=1)))
    assert again == KeptOverride(override=first, repeated=True)
    assert overrides.of(decided.id) == (first,)


@pytest.mark.parametrize(
    "changed", [{"by": "u-2"}, {"note": "Otherwise"}, {"reason": "other"}, {"asked": Asked(price=7)}]
)
def test_by_another_or_otherwise_it_is_another(
    overrides: Overrides, decided: Entry, changed: dict[str, object]
) -> None:
    overrides.add(override(decided))
    assert not overrides.add(override(decided, **changed)).repeated
    assert not overrides.add(override(decided)).repeated  # the first again, but it isn't the latest any more
    assert len(overrides.of(decided.id)) == 3


def test_which_decisions_were_overridden(
    ledger: Ledger, overrides: Overrides, entry: EntryMaker, decided: Entry
) -> None:
    other = entry()
    ledger.record([other])
    overrides.add(override(decided))
    assert overrides.overridden([decided.id, other.id, "none"]) == {decided.id}
    assert overrides.overridden([]) == frozenset()
    assert overrides.of(other.id) == ()


@pytest.fixture
def machines(url: str, ledger: Ledger) -> Iterator[list[Overrides]]:
    """Several on one database, each with connections of its own."""
    databases = [Database(url) for _ in range(4)]
    yield [Overrides(database) for database in databases]
    for database in databases:
        database.close()


def test_of_many_alike_at_once_one_is_recorded(machines: list[Overrides], decided: Entry) -> None:
    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda n: machines[n % 4].add(override(decided)), range(32)))
    assert [each.repeated for each in kept].count(False) == 1
    assert len({each.override.id for each in kept}) == 1


def test_many_at_once_each_have_their_place(machines: list[Overrides], decided: Entry) -> None:
    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda n: machines[n % 4].add(override(decided, n)), range(32)))
    assert not any(each.repeated for each in kept)
    standing = machines[0].of(decided.id)
    assert sorted(each.asked.price or 0 for each in standing) == list(range(32))
    assert len({each.overridden_at for each in standing}) == 32
