"""Each way to alter the record by hand, with full access to the database, is found and located."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection, create_engine, text

from service.ledger import Ledger
from service.ledger.log.checkpoints import Signer
from service.ledger.log.findings import Checked, findings
from service.ledger.log.sealing import Sealer
from service.ledger.log.verifying import Verification
from tests.ledger.conftest import NOON, EntryMaker

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))


class Kept:
    """A ledger of ten seals with thirty decisions each, and what an auditor has kept of it: key and one checkpoint."""

    def __init__(self, ledger: Ledger, url: str, entry: EntryMaker) -> None:
        self.ledger, self.url = ledger, url
        self.sealer = Sealer(ledger.database, SIGNER, lambda: NOON)
        self.ids: list[str] = []
        self.notes: list[str] = []
        for _ in range(10):
            made = ledger.record([entry(target=100 + n) for n in range(30)])
            self.ids += [one.decision_id for one in made]
            sealed = self.sealer.seal()
            assert sealed is not None
            self.notes.append(sealed[1])

    def altered(self, *statements: str, **values: object) -> None:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))  # foreign keys are no obstacle
            for statement in statements:
                connection.execute(text(statement), values)
        engine.dispose()

    def forged(self, change: Callable[[Connection], None]) -> None:
        with self.ledger.database.writes() as connection:
            change(connection)

    def found(self, outside: Sequence[str] = (), key: Signer = SIGNER) -> list[tuple[str, str]]:
        told = Verification(self.ledger.database, [key.verifier], outside, NOON).whole()
        return [(one.code, one.place) for one in findings(told)]


@pytest.fixture
def kept(ledger: Ledger, url: str, entry: EntryMaker) -> Kept:
    return Kept(ledger, url, entry)


def test_an_untouched_ledger_is_found_right(kept: Kept) -> None:
    *_, last = Verification(kept.ledger.database, [SIGNER.verifier], kept.notes, NOON).whole()
    assert last == Checked(leaves=300, heads=20, looked_at=300)
    assert kept.found() == []


@pytest.mark.parametrize(
    "change",
    [
        "target = target + 1", "outcome = 'decline'", "caller = 'me'", "rules = ' none '", "currency = 'USD'",
        "answer_digest = 'x'", "body_digest = 'x'", "as_of = '2026-03-03'", "client_id = 'c-2'",
        "idempotency_key = 'k'", "request_digest = 'x'", "key_id = NULL",
    ],
)  # fmt: skip
def test_an_edited_row(kept: Kept, change: str) -> None:
    kept.altered(f"UPDATE decisions SET {change} WHERE id = :id", id=kept.ids[42])
    assert kept.found() == [("edited", f"decision {kept.ids[42]}, log position 42")]


def test_an_edited_body(kept: Kept) -> None:
    kept.altered("UPDATE decisions SET body = :body WHERE id = :id", id=kept.ids[42], body=b"\x01another")
    assert kept.found() == [("edited", f"decision {kept.ids[42]}, log position 42")]


def test_a_deleted_row(kept: Kept) -> None:
    kept.altered("DELETE FROM decisions WHERE id = :id", id=kept.ids[299])
    assert kept.found() == [("deleted", f"decision {kept.ids[299]}, log position 299")]


def test_a_row_deleted_with_its_leaf(kept: Kept) -> None:
    kept.altered("DELETE FROM decisions WHERE id = :id", "DELETE FROM log WHERE record_id = :id", id=kept.ids[42])
    assert ("log-gap", "log position 42") in kept.found()


def test_a_swapped_pair_of_rows(kept: Kept) -> None:
    one, other = kept.ids[42], kept.ids[43]
    swap = (
        "UPDATE decisions SET id = 'x' WHERE id = :one",
        "UPDATE decisions SET id = :one WHERE id = :other",
        "UPDATE decisions SET id = :other WHERE id = 'x'",
    )
    kept.altered(*swap, one=one, other=other)
    assert kept.found() == [
        ("edited", f"decision {one}, log position 42"), ("edited", f"decision {other}, log position 43")
    ]  # fmt: skip


def test_a_swapped_pair_in_the_log(kept: Kept) -> None:
    kept.altered(
        "UPDATE log SET position = -1 WHERE position = 42",
        "UPDATE log SET position = 42 WHERE position = 47",
        "UPDATE log SET position = 47 WHERE position = -1",
    )
    assert ("log-rewritten", "log positions 30 to 59") in kept.found()


def test_a_swapped_pair_in_a_complete_tile(kept: Kept) -> None:
    kept.altered(
        "UPDATE log SET position = -1 WHERE position = 42",
        "UPDATE log SET position = 42 WHERE position = 47",
        "UPDATE log SET position = 47 WHERE position = -1",
    )
    told = Verification(kept.ledger.database, [SIGNER.verifier], (), NOON).range(0, 100)
    assert [(one.code, one.place) for one in findings(told)] == [("tree-differs", "log positions 0 to 255")]


def test_a_cut_off_tail(kept: Kept) -> None:
    """Rows, leaves and the checkpoints over them: only what was kept outside tells."""
    gone = tuple(kept.ids[270:])
    listed = ", ".join(f"'{id}'" for id in gone)
    kept.altered(f"DELETE FROM decisions WHERE id IN ({listed})", "DELETE FROM log WHERE position >= 270")
    assert kept.found() == [("cut-off", "log position 270")]
    kept.altered("DELETE FROM checkpoints WHERE size > 270")
    assert kept.found() == []
    assert kept.found([kept.notes[-1]]) == [("cut-off", "log position 270")]


def test_a_cut_off_tail_of_the_log_alone(kept: Kept) -> None:
    kept.altered("DELETE FROM log WHERE position >= 299", "DELETE FROM checkpoints WHERE size > 270")
    found = kept.found()
    assert ("unsigned-tail", "log position 270") in found
    assert ("inserted", f"decision {kept.ids[299]}") in found


def test_an_inserted_row(kept: Kept) -> None:
    kept.altered(
        "INSERT INTO decisions (id, recorded_at, caller, idempotency_key, request_digest, book, version, as_of, "
        "outcome, client_id, currency, target, rules, answer_digest, key_id, body_digest, body) "
        "SELECT 'forged', recorded_at, caller, NULL, request_digest, book, version, as_of, outcome, client_id, "
        "currency, target, rules, answer_digest, key_id, body_digest, body FROM decisions WHERE id = :id",
        id=kept.ids[0],
    )
    assert kept.found() == [("inserted", "decision forged")]


def test_a_history_rewritten_without_the_key(kept: Kept, entry: EntryMaker) -> None:
    """The whole log made anew by somebody with another key."""
    forger = Signer("quotewright.test/ledger", bytes(32))
    _made_anew(kept, forger)
    assert {code for code, _ in kept.found()} == {"bad-checkpoint"}


def test_a_history_rewritten_with_the_key(kept: Kept) -> None:
    """By the owner of database and key, who leaves no trace inside: the published checkpoint convicts."""
    _made_anew(kept, SIGNER)
    assert kept.found() == []
    assert kept.found([kept.notes[3]]) == [("log-rewritten", "log positions 0 to 119")]


def _made_anew(kept: Kept, signer: Signer) -> None:
    """One decision changed, and then leaves, tree and checkpoints worked out again."""
    from service.ledger.log.leaves import KINDS
    from service.ledger.log.waiting import await_seal

    kept.altered("UPDATE decisions SET target = 1 WHERE id = :id", id=kept.ids[42])

    def again(connection: Connection) -> None:
        for table in ("log", "log_nodes", "checkpoints"):
            connection.execute(text(f"DELETE FROM {table}"))
        kind = KINDS["decision"]
        await_seal(connection, kind, list(connection.execute(kind.table.select()).mappings()), NOON)

    kept.forged(again)
    Sealer(kept.ledger.database, signer, lambda: NOON).seal()


def test_a_forged_checkpoint(kept: Kept) -> None:
    kept.altered("UPDATE checkpoints SET note = replace(note, '2026-03-02', '2026-03-03') WHERE size = 60")
    assert kept.found() == [("bad-checkpoint", "checkpoint 60")]


def test_a_checkpoint_whose_row_was_changed(kept: Kept) -> None:
    kept.altered("UPDATE checkpoints SET size = 61 WHERE size = 60")
    assert ("bad-checkpoint", "checkpoint 61") in kept.found()


def test_a_leaf_held_back(kept: Kept, entry: EntryMaker) -> None:
    (late,) = kept.ledger.record([entry()])
    assert kept.found() == []
    told = Verification(kept.ledger.database, [SIGNER.verifier], (), NOON + timedelta(minutes=2)).whole()
    assert [(one.code, one.place) for one in findings(told)] == [("not-sealed", f"decision {late.decision_id}")]


def test_a_leaf_taken_out_before_its_seal(kept: Kept, entry: EntryMaker) -> None:
    (late,) = kept.ledger.record([entry()])
    kept.altered("DELETE FROM log_waiting")
    assert kept.found() == [("inserted", f"decision {late.decision_id}")]


def test_a_range_alone(kept: Kept) -> None:
    kept.altered("UPDATE decisions SET target = 1 WHERE id = :id", id=kept.ids[42])
    verification = Verification(kept.ledger.database, [SIGNER.verifier], (), NOON)
    assert findings(verification.range(43, 300)) == []
    assert [one.place for one in findings(verification.range(40, 43))] == [f"decision {kept.ids[42]}, log position 42"]
