"""How quotes ended: told once, corrected in a chain that nobody can fork."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from service.domain.afterwards import Ending, KeptEnding, Seen
from service.ledger import Database, Entry, Ledger, Outcomes, new_decision_id
from service.ledger.tables import outcomes as table
from tests.ledger.conftest import NOON, EntryMaker


@pytest.fixture
def decided(ledger: Ledger, entry: EntryMaker) -> Entry:
    made = entry()
    ledger.record([made])
    return made


@pytest.fixture
def outcomes(ledger: Ledger) -> Outcomes:
    return Outcomes(ledger.database)


SEEN = Seen(
    changed_decisions=3, cancellations=0, scenes=1, trifling_haggles=0, draining_meetings=2, teaching=0, staff_rating=4
)


def won(amount: int = 120_000, hassle: Seen | None = SEEN) -> Ending:
    return Ending(
        result="won", final_amount=amount, happened_on=date(2026, 3, 12), why="Die Aufschlüsselung", hassle=hassle
    )


LOST = Ending(result="lost", final_amount=None, happened_on=date(2026, 3, 12), why=None, hassle=None)


def tell(outcomes: Outcomes, decision: Entry, ending: Ending, by: str = "u-1") -> KeptEnding:
    return outcomes.add(decision.id, ending, by, new_decision_id(NOON), NOON)


def test_what_goes_in_comes_out(outcomes: Outcomes, decided: Entry) -> None:
    kept = tell(outcomes, decided, won())
    assert not kept.repeated
    assert kept.ending.tells(won())
    assert (kept.ending.by, kept.ending.recorded_at, kept.ending.corrects) == ("u-1", NOON, None)
    assert outcomes.of(decided.id) == (kept.ending,)
    assert outcomes.of("none") == ()


def test_told_again_it_is_the_same_whoever_tells_it(outcomes: Outcomes, decided: Entry) -> None:
    first = tell(outcomes, decided, won())
    assert tell(outcomes, decided, won(), by="u-2") == KeptEnding(ending=first.ending, repeated=True)
    assert len(outcomes.of(decided.id)) == 1


def test_a_correction_names_what_it_corrects(outcomes: Outcomes, decided: Entry) -> None:
    told = [tell(outcomes, decided, ending).ending for ending in (won(), LOST, won(130_000, None), won())]
    assert [ending.corrects for ending in told] == [None, *(ending.id for ending in told[:-1])]
    assert outcomes.of(decided.id) == tuple(told)


def test_none_is_corrected_twice(ledger: Ledger, outcomes: Outcomes, decided: Entry) -> None:
    """Whatever writes to the table: the database itself keeps the history a chain."""
    first, second = (tell(outcomes, decided, ending).ending for ending in (won(), LOST))
    row = {
        "id": "fork", "decision_id": decided.id, "recorded_at": NOON, "by": "u-1", "result": "lapsed",
        "final_amount": None, "body": b"{}", "corrects": first.id,
    }  # fmt: skip
    assert second.corrects == first.id
    with pytest.raises(IntegrityError), ledger.database.writes() as connection:
        connection.execute(insert(table), row)


def test_of_many_corrections_at_once_each_corrects_another(url: str, ledger: Ledger, decided: Entry) -> None:
    databases = [Database(url) for _ in range(4)]
    stores = [Outcomes(database) for database in databases]
    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda n: tell(stores[n % 4], decided, won(n // 2)), range(32)))
    history = stores[0].of(decided.id)
    for database in databases:
        database.close()
    assert len(history) == len({each.ending.id for each in kept if not each.repeated})
    assert len({ending.corrects for ending in history}) == len(history)
    assert {ending.final_amount for ending in history} == set(range(16))
