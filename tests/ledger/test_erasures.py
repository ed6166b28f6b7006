"""What was recorded of a client in words is gone after an erasure, in every place; what comes later is not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service.domain.acts import ActKind, Erasure
from service.domain.afterwards import Ending, Seen
from service.ledger import Entry, Erasures, KeyReused, Ledger, NoSuchClient, Outcomes, Overrides, Recorded
from service.ledger.acts import acts
from service.ledger.client_keys import live_keys
from service.ledger.log.checkpoints import Signer
from service.ledger.log.findings import findings
from service.ledger.log.sealing import Sealer
from service.ledger.log.verifying import Verification
from service.ledger.tables import client_keys, decisions
from tests.ledger.conftest import NOON, EntryMaker
from tests.ledger.test_overrides import override

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def erasures(ledger: Ledger) -> Erasures:
    return Erasures(ledger.database)


@pytest.fixture
def decided(ledger: Ledger, entry: EntryMaker) -> Entry:
    made = entry(idempotency_key="k")
    ledger.record([made])
    return made


def found(ledger: Ledger, id: str) -> Recorded:
    one = ledger.find(id)
    assert one is not None
    return one


def test_a_decision_loses_its_words_and_keeps_the_rest(ledger: Ledger, erasures: Erasures, decided: Entry) -> None:
    before = found(ledger, decided.id)
    assert erasures.erased_on(decided.id) is None
    erased = erasures.erase("c-1", "u-7", "asked for", LATER)
    assert erased == Erasure(client_id="c-1", erased_at=LATER, by="u-7", repeated=False)
    after = found(ledger, decided.id)
    assert (before.kept, after.kept) == (True, False)
    assert (after.entry.request, after.entry.facts, after.entry.answer) == (b"", b"", b"")
    assert (after.entry.target, after.entry.rules, after.leaf) == (120_000, ("a", "b"), before.leaf)
    assert erasures.erased_on(decided.id) == date(2026, 3, 2)
    assert ledger.latest(["agency"], 5) == ()


def test_what_stands_beside_it_loses_its_words_too(ledger: Ledger, erasures: Erasures, decided: Entry) -> None:
    overrides, outcomes = Overrides(ledger.database), Outcomes(ledger.database)
    overrides.add(override(decided, note="Ann said so"))
    seen = Seen(
        changed_decisions=0, cancellations=0, scenes=1, trifling_haggles=0, draining_meetings=0, teaching=0,
        staff_rating=4,
    )  # fmt: skip
    ending = Ending(result="won", final_amount=5, happened_on=date(2026, 3, 2), why="Ann agreed", hassle=seen)
    outcomes.add(decided.id, ending, "u-1", "o-1", NOON)
    erasures.erase("c-1", "u-7", "asked for", LATER)
    (noted,), (ended,) = overrides.of(decided.id), outcomes.of(decided.id)
    assert (noted.note, noted.reason, noted.asked.price) == (None, "closes_the_sale", 100_000)
    assert (ended.why, ended.hassle, ended.result, ended.final_amount) == (None, None, "won", 5)
    outcomes.add(decided.id, ending, "u-1", "o-2", LATER)
    assert [one.why for one in outcomes.of(decided.id)] == [None, "Ann agreed"]


def test_it_is_recorded_and_proved(ledger: Ledger, erasures: Erasures, decided: Entry) -> None:
    sealer = Sealer(ledger.database, SIGNER, lambda: NOON)
    sealer.seal()
    erasures.erase("c-1", "u-7", "asked for", LATER)
    sealed = sealer.seal()
    assert sealed is not None
    assert sealed[0].size == 2
    with ledger.database.reads() as connection:
        (act,) = acts(connection)
        key = connection.execute(select(client_keys.c.id)).scalar_one()
    assert (act.kind, act.at, act.by) == (ActKind.ERASURE, LATER, "u-7")
    assert act.details == {"client_id": "c-1", "keys": [key], "reason": "asked for"}
    told = Verification(ledger.database, [SIGNER.verifier], [sealed[1]], NOON).whole()
    assert findings(told) == []


def test_again_it_changes_nothing_until_something_new_came(
    ledger: Ledger, erasures: Erasures, decided: Entry, entry: EntryMaker
) -> None:
    first = erasures.erase("c-1", "u-7", "asked for", NOON)
    assert isinstance(first, Erasure)
    again = erasures.erase("c-1", "u-8", "asked again", LATER)
    assert again == Erasure(client_id="c-1", erased_at=NOON, by="u-7", repeated=True)
    later = entry()
    ledger.record([later])
    assert found(ledger, later.id).entry == later
    assert not found(ledger, decided.id).kept
    third = erasures.erase("c-1", "u-8", "once more", LATER)
    assert isinstance(third, Erasure)
    assert not third.repeated
    assert not found(ledger, later.id).kept
    with ledger.database.reads() as connection:
        assert [act.by for act in acts(connection)] == ["u-7", "u-8"]


def test_others_keep_theirs(ledger: Ledger, erasures: Erasures, decided: Entry, entry: EntryMaker) -> None:
    other = entry(client_id="c-2")
    ledger.record([other])
    erasures.erase("c-1", "u-7", "asked for", LATER)
    assert found(ledger, other.id).entry == other


@pytest.mark.parametrize("unknown", ["c-9", "", "\0"])
def test_of_an_unknown_client_nothing_is_recorded(ledger: Ledger, erasures: Erasures, unknown: str) -> None:
    assert erasures.erase(unknown, "u-7", "asked for", LATER) == NoSuchClient(unknown)
    with ledger.database.reads() as connection:
        assert list(acts(connection)) == []


def test_its_idempotency_key_stays_taken(ledger: Ledger, erasures: Erasures, decided: Entry, entry: EntryMaker) -> None:
    erasures.erase("c-1", "u-7", "asked for", LATER)
    gone = KeyReused("shop", "k", decided.id, gone=True)
    assert ledger.record([entry(idempotency_key="k")]) == (gone,)
    assert ledger.find_by_key("shop", "k", "digest") == gone
    assert ledger.find_by_key("shop", "k", "another") == KeyReused("shop", "k", decided.id, gone=False)


def test_whats_being_recorded_is_erased_or_comes_later(ledger: Ledger, url: str, entry: EntryMaker) -> None:
    """Writers never stop while the client is erased again and again; each decision is on one side of each erasure."""
    others = [Ledger(url) for _ in range(3)]
    done, begun = threading.Event(), threading.Barrier(4)
    rounds: list[tuple[int, str]] = []
    number = [0]

    def write(one: Ledger) -> int:
        begun.wait(30)
        count = 0
        while not done.is_set():
            started = number[0]
            made = entry()
            one.record([made, entry(client_id=f"other-{count % 3}")])
            rounds.append((started, made.id))
            count += 1
        return count

    def erase() -> None:
        begun.wait(30)
        for _ in range(12):
            Erasures(ledger.database).erase("c-1", "u-7", "asked for", LATER)
            number[0] += 1
        done.set()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, one) for one in others]
        pool.submit(erase).result(120)
        assert all(writer.result(60) > 0 for writer in writers)
    with ledger.database.reads() as connection:
        keys = {row.id: row for row in connection.execute(select(client_keys))}
        used = dict(connection.execute(select(decisions.c.id, decisions.c.key_id)).all())  # type: ignore[arg-type]
    assert len([row for row in keys.values() if row.client_id == "c-1" and row.erased_at is None]) <= 1
    for started, id in rounds:
        one = found(ledger, id)
        assert one.kept == (keys[used[id]].key is not None)
        if started == 12:
            assert one.kept, "it was begun after the last erasure"
    for one in others:
        one.close()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_an_erasure_waits_for_what_is_being_written(ledger: Ledger, url: str, entry: EntryMaker) -> None:
    """And a writer that comes while it is under way gets a new key."""
    ledger.record([entry()])
    other = Ledger(url)
    with other.database.writes() as connection:
        live_keys(connection, "postgresql", ["c-1"], NOON)
        with ThreadPoolExecutor(1) as pool:
            erasing = pool.submit(Erasures(ledger.database).erase, "c-1", "u-7", "asked for", LATER)
            with pytest.raises(TimeoutError):
                erasing.result(0.5)
            connection.rollback()
            assert isinstance(erasing.result(20), Erasure)
    ledger.record([entry()])
    with other.database.writes() as connection:
        connection.execute(
            update(client_keys).where(client_keys.c.erased_at.is_(None)).values(key=None, erased_at=LATER)
        )
        with ThreadPoolExecutor(1) as pool:
            made = entry()
            recording = pool.submit(ledger.record, [made])
            with pytest.raises(TimeoutError):
                recording.result(0.5)
            connection.commit()
            recording.result(20)
    assert found(ledger, made.id).entry == made
    other.close()


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_the_key_is_in_no_file_afterwards(
    ledger: Ledger, erasures: Erasures, tmp_path: Path, entry: EntryMaker
) -> None:
    """Neither in SQLite's pages, free ones included, nor in its log."""
    ledger.record([entry(client_id=f"c-{number}") for number in range(600)])
    with ledger.database.reads() as connection:
        keys = dict(connection.execute(select(client_keys.c.client_id, client_keys.c.key)).all())  # type: ignore[arg-type]
    assert any(keys["c-17"] in path.read_bytes() for path in tmp_path.iterdir())
    for client in ("c-17", "c-599", "c-300"):
        erasures.erase(client, "u-7", "asked for", LATER)
        for path in tmp_path.iterdir():
            assert keys[client] not in path.read_bytes(), path.name
    assert any(keys["c-18"] in path.read_bytes() for path in tmp_path.iterdir())
