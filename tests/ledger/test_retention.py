"""What is older than the firm keeps it loses its words, once, accounted for by an act, and proves still."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.acts import ActKind
from service.domain.afterwards import Ending
from service.ledger import Database, Entry, Erasures, Ledger, Outcomes, Overrides, new_decision_id, retention
from service.ledger.acts import acts
from service.ledger.entries import first_id
from service.ledger.log.checkpoints import Signer
from service.ledger.log.findings import findings
from service.ledger.log.sealing import Sealer
from service.ledger.log.verifying import Verification
from service.ledger.retention import Retention, start_of_day
from tests.ledger.conftest import NOON, EntryMaker
from tests.ledger.test_overrides import override

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))
DAY = timedelta(days=1)


def at(entry: EntryMaker, moment: datetime, **changed: object) -> Entry:
    return entry(id=new_decision_id(moment), recorded_at=moment, **changed)


def kept(ledger: Ledger, *entries: Entry) -> list[bool]:
    found = [ledger.find(one.id) for one in entries]
    return [one is not None and one.kept for one in found]


def test_days_are_whole_and_in_utc() -> None:
    """Noon of 2 March in Tallinn is 10:00 in UTC; thirty days before is 31 January."""
    assert start_of_day(datetime.fromisoformat("2026-03-02T12:00+02:00"), 30) == datetime(2026, 1, 31, tzinfo=UTC)
    assert start_of_day(datetime.fromisoformat("2026-03-02T01:00+02:00"), 30) == datetime(2026, 1, 30, tzinfo=UTC)


def test_ids_know_their_moment() -> None:
    assert first_id(NOON) <= new_decision_id(NOON) < first_id(NOON + timedelta(milliseconds=1))


def test_what_is_older_goes_and_the_rest_stays(ledger: Ledger, entry: EntryMaker) -> None:
    """On 2 March with thirty days: what was recorded before midnight of 31 January."""
    midnight = datetime(2026, 1, 31, tzinfo=UTC)
    old, last = at(entry, NOON - 100 * DAY), at(entry, midnight - timedelta(microseconds=1))
    first, new = at(entry, midnight), at(entry, NOON)
    ledger.record([old, last, first, new])
    assert Retention(ledger.database).drop(30, "system", NOON) == 2
    assert kept(ledger, old, last, first, new) == [False, False, True, True]
    assert Retention(ledger.database).drop(30, "system", NOON) == 0
    with ledger.database.reads() as connection:
        (act,) = acts(connection)
    assert (act.kind, act.at, act.by) == (ActKind.RETENTION, NOON, "system")
    assert act.details == {"before": "2026-01-31T00:00:00+00:00", "days": 30}
    assert Erasures(ledger.database).erased_on(old.id) is None


def test_what_stands_beside_goes_by_its_own_age(ledger: Ledger, entry: EntryMaker) -> None:
    old = at(entry, NOON - 100 * DAY)
    ledger.record([old])
    overrides, outcomes = Overrides(ledger.database), Outcomes(ledger.database)
    overrides.add(override(old, id=new_decision_id(NOON - 99 * DAY), overridden_at=NOON - 99 * DAY))
    ending = Ending(result="lost", final_amount=None, happened_on=date(2026, 3, 1), why="Ann left", hassle=None)
    outcomes.add(old.id, ending, "u-1", new_decision_id(NOON - DAY), NOON - DAY)
    assert Retention(ledger.database).drop(30, "system", NOON) == 2
    assert [one.note for one in overrides.of(old.id)] == [None]
    assert [one.why for one in outcomes.of(old.id)] == ["Ann left"]


def test_the_proof_holds_where_an_act_covers_and_not_beyond(ledger: Ledger, entry: EntryMaker) -> None:
    old, new = at(entry, NOON - 100 * DAY), at(entry, NOON)
    ledger.record([old, new])
    sealer = Sealer(ledger.database, SIGNER, lambda: NOON)
    sealer.seal()
    Retention(ledger.database).drop(30, "system", NOON)
    sealer.seal()

    def found() -> list[tuple[str, str]]:
        told = Verification(ledger.database, [SIGNER.verifier], (), NOON).whole()
        return [(one.code, one.place) for one in findings(told)]

    assert found() == []
    with ledger.database.writes() as connection:
        connection.exec_driver_sql("UPDATE decisions SET body = NULL")
    assert found() == [("body-missing", f"decision {new.id}, log position 1")]


def test_in_steps_and_by_many_at_once_it_is_one_act(
    ledger: Ledger, url: str, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "A_STEP", 7)
    old = [at(entry, NOON - 100 * DAY) for _ in range(60)]
    ledger.record(old)
    databases = [Database(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        dropped = list(pool.map(lambda one: Retention(one).drop(30, "system", NOON), databases))
    assert sum(dropped) == 60
    assert not any(kept(ledger, *old))
    with ledger.database.reads() as connection:
        assert len(list(acts(connection))) == 1
    for database in databases:
        database.close()


def test_one_that_was_killed_is_finished_the_next_time(
    ledger: Ledger, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "A_STEP", 7)
    old = [at(entry, NOON - 100 * DAY) for _ in range(20)]
    ledger.record(old)
    steps = iter(range(2))

    def killed(*_: object) -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        own = retention._Aged.drop
        patched.setattr(retention._Aged, "drop", lambda *given: (killed(), own(*given)))
        with pytest.raises(KeyboardInterrupt):
            Retention(ledger.database).drop(30, "system", NOON)
    assert sum(kept(ledger, *old)) == 6
    assert Retention(ledger.database).drop(30, "system", NOON + timedelta(hours=2)) == 6
    with ledger.database.reads() as connection:
        assert len(list(acts(connection))) == 1
