"""Records get their places in the log, and the signed heads and proofs hold, on each kind of database."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from service.domain.merkle import EMPTY, consistency_proof, consistent, includes, inclusion_proof
from service.ledger import Ledger
from service.ledger.log import checkpoints, sealing
from service.ledger.log.checkpoints import BadCheckpoint, Signer, Verifier, opened, signed
from service.ledger.log.sealing import Sealer
from service.ledger.log.tree import Tiles, sealed_size
from service.ledger.tables import log, log_nodes, log_waiting
from tests.domain.test_merkle import recursive
from tests.ledger.conftest import NOON, EntryMaker

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))


@pytest.fixture
def sealer(ledger: Ledger) -> Sealer:
    return Sealer(ledger.database, SIGNER, lambda: NOON)


def test_a_decision_is_sealed_and_proved(ledger: Ledger, sealer: Sealer, entry: EntryMaker) -> None:
    made = [ledger.record([entry()])[0] for _ in range(5)]
    sealed = sealer.seal()
    assert sealed is not None
    head, note = sealed
    assert (head.size, head.origin) == (5, "quotewright.test/ledger")
    assert opened(note, [SIGNER.verifier]) == head
    with ledger.database.reads() as connection:
        rows = connection.execute(select(log).order_by(log.c.position)).all()
        assert [(row.position, row.kind, row.record_id, bytes(row.leaf)) for row in rows] == [
            (number, "decision", one.decision_id, one.leaf) for number, one in enumerate(made)
        ]
        find = Tiles(connection)
        for number, one in enumerate(made):
            assert includes(head.root, 5, one.leaf, number, inclusion_proof(number, 5, find))
    assert sealer.seal() is None


def test_seals_of_any_size_make_one_tree(
    ledger: Ledger, sealer: Sealer, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "A_SEAL", 10_000)
    heads = []
    for count in (1, 255, 2, 300, 7):
        ledger.record([entry() for _ in range(count)])
        sealed = sealer.seal()
        assert sealed is not None
        heads.append(sealed[0])
    assert [head.size for head in heads] == [1, 256, 258, 558, 565]
    with ledger.database.reads() as connection:
        assert sealed_size(connection) == 565
        assert connection.execute(select(log_waiting)).all() == []
        nodes = connection.execute(select(log_nodes.c.level, log_nodes.c.index)).all()
        assert sorted(map(tuple, nodes)) == [(8, 0), (8, 1)]
        find = Tiles(connection)
        earlier, root = 0, EMPTY
        for head in heads:
            assert consistent(earlier, root, head.size, head.root, consistency_proof(earlier, head.size, find))
            earlier, root = head.size, head.root


def test_the_root_is_that_of_the_rfc(ledger: Ledger, sealer: Sealer, entry: EntryMaker) -> None:
    """From the leaves' preimages, by the recursive definition."""
    from service.ledger.log.leaves import KINDS
    from service.ledger.log.leaves import entry as preimage

    ledger.record([entry() for _ in range(300)])
    sealed = sealer.seal()
    assert sealed is not None
    decision = KINDS["decision"]
    with ledger.database.reads() as connection:
        order = connection.scalars(select(log.c.record_id).order_by(log.c.position)).all()
        rows = {row["id"]: row for row in connection.execute(select(decision.table)).mappings()}
    assert sealed[0].root == recursive([preimage(decision, rows[id]) for id in order])


def test_several_sealers_and_writers_at_once(ledger: Ledger, url: str, entry: EntryMaker) -> None:
    others = [Ledger(url) for _ in range(3)]
    done = threading.Event()

    def write(one: Ledger) -> None:
        for _ in range(15):
            one.record([entry(), entry()])

    def seal(one: Ledger) -> None:
        sealer = Sealer(one.database, SIGNER, lambda: NOON)
        while not done.wait(0.01):
            sealer.seal()

    writers = [threading.Thread(target=write, args=(one,)) for one in (ledger, *others)]
    sealers = [threading.Thread(target=seal, args=(one,)) for one in others[:2]]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    Sealer(ledger.database, SIGNER, lambda: NOON).seal()
    with ledger.database.reads() as connection:
        positions = connection.scalars(select(log.c.position).order_by(log.c.position)).all()
        assert positions == list(range(120))
        assert sealed_size(connection) == 120
    for one in others:
        one.close()


def test_a_fault_while_sealing_leaves_all_waiting(
    ledger: Ledger, sealer: Sealer, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record([entry()])

    def fail(*_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(sealing, "signed", fail)
    with pytest.raises(RuntimeError):
        sealer.seal()
    monkeypatch.undo()
    sealed = sealer.seal()
    assert sealed is not None
    assert sealed[0].size == 1


def head() -> checkpoints.Checkpoint:
    return checkpoints.Checkpoint("quotewright.test/ledger", 7, bytes(range(32)), NOON)


def test_a_note_is_as_the_format_has_it() -> None:
    note = signed(head(), [SIGNER])
    assert note.startswith(
        "quotewright.test/ledger\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nsealed 2026-03-02T12:00:00.000000Z\n"
        "\n— quotewright.test/ledger "
    )
    assert note.endswith("\n")


def test_two_keys_may_sign_while_one_takes_over() -> None:
    other = Signer("quotewright.test/ledger", bytes(32))
    note = signed(head(), [SIGNER, other])
    for verifier in (SIGNER.verifier, other.verifier):
        assert opened(note, [verifier]) == head()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda note: note.replace("\n7\n", "\n8\n"), "a forged signature"),
        (lambda note: note.replace("12:00", "12:01"), "a forged signature"),
        (lambda note: note.replace("quotewright.test/ledger\n7", "another\n7"), "a forged signature"),
        (lambda note: note.partition("\n\n")[0], "holds no signature"),
        (lambda note: note + "and more\n", "what follows its text isn't a signature"),
        (lambda note: note[:-3] + "!\n", "isn't base64"),
        (lambda note: "", "holds no signature"),
    ],
)
def test_what_was_changed_is_refused(change: Callable[[str], str], reason: str) -> None:
    with pytest.raises(BadCheckpoint, match=reason):
        opened(change(signed(head(), [SIGNER])), [SIGNER.verifier])


def test_another_key_is_no_proof() -> None:
    with pytest.raises(BadCheckpoint, match="signed by none of the keys given"):
        opened(signed(head(), [SIGNER]), [Signer("quotewright.test/ledger", bytes(32)).verifier])


def test_a_verifier_is_read_as_it_is_written() -> None:
    written = str(SIGNER.verifier)
    assert Verifier.read(written) == SIGNER.verifier
    assert Verifier.read(f" {written}\n") == SIGNER.verifier
    with pytest.raises(ValueError, match="a character was lost in copying"):
        Verifier.read(written.replace("quotewright", "quotewrite"))
    with pytest.raises(ValueError, match=r"name\+id\+key"):
        Verifier.read("nothing")


def test_a_published_key_and_note() -> None:
    """The example of golang.org/x/mod/sumdb/note: name, id and key as that library prints them."""
    verifier = Verifier.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    decoded = base64.b64decode(signature)
    assert decoded[:4] == verifier.id
    assert verifier.accepts(text, decoded[4:])
    assert not replace(verifier, public=bytes(32)).accepts(text, decoded[4:])


def test_no_plan_looks_through_what_waits_again_for_each_row(ledger: Ledger, sealer: Sealer) -> None:
    """PostgreSQL knows the table as it mostly is, empty, and plans for that when a burst has filled it."""
    if ledger.database.kind != "postgresql":
        pytest.skip("SQLite plans without statistics of this table")
    with ledger.database.writes() as connection:
        connection.execute(text("ANALYZE log_waiting"))
        taking = sealing.TAKE.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.scalars(text(f"EXPLAIN {taking}")))
    assert "InitPlan" in plan
    assert "Join" not in plan
    assert "Nested Loop" not in plan
