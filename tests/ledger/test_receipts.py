"""A receipt convinces whoever has the public key, and nothing that was changed in it does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from service.domain.merkle import consistent
from service.ledger import Ledger
from service.ledger.log.checkpoints import Signer, opened
from service.ledger.log.receipts import NotSealed, Receipts, receipt_faults
from service.ledger.log.sealing import Sealer
from tests.ledger.conftest import NOON, EntryMaker

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))
Receipt = dict[str, Any]


@pytest.fixture
def receipts(ledger: Ledger) -> Receipts:
    return Receipts(ledger.database)


@pytest.fixture
def seal(ledger: Ledger) -> Callable[[], object]:
    return Sealer(ledger.database, SIGNER, lambda: NOON).seal


def test_a_receipt_holds_without_the_ledger(
    ledger: Ledger, receipts: Receipts, seal: Callable[[], object], entry: EntryMaker
) -> None:
    made = ledger.record([entry(answer=b'{"outcome":"quote"}') for _ in range(5)])
    assert receipts.of("decision", made[2].decision_id) == NotSealed()
    seal()
    ledger.record([entry()])
    seal()
    for place, one in enumerate(made):
        receipt = receipts.of("decision", one.decision_id)
        assert isinstance(receipt, dict)
        assert (receipt["position"], receipt["size"], receipt["entry"]["target"]) == (place, 6, 120_000)
        assert receipt_faults(receipt, [SIGNER.verifier], one.answer) == []
        assert receipt_faults(receipt, [SIGNER.verifier], None) == []


def test_nothing_is_known_of_others(receipts: Receipts) -> None:
    assert receipts.of("decision", "nothing") is None
    assert receipts.of("decision", "\0") is None
    assert receipts.checkpoint() is None
    assert receipts.consistency(0, 1) is None


ALTERED: list[tuple[Callable[[Receipt], object], str]] = [
    (lambda r: r["entry"].update(target=1), "its entry isn't what the leaf was made of"),
    (lambda r: r.update(leaf="00" * 32), "its entry isn't what the leaf was made of"),
    (lambda r: r.update(position=1), "its proof doesn't lead from the leaf to the checkpoint"),
    (lambda r: r.update(size=2), "its proof doesn't lead from the leaf to the checkpoint"),
    (lambda r: r["proof"].pop(), "its proof doesn't lead from the leaf to the checkpoint"),
    (lambda r: r.update(checkpoint=r["checkpoint"].replace("\n3\n", "\n4\n")), "its checkpoint doesn't hold: a forged"),
    (lambda r: r.pop("proof"), "it isn't a receipt of this service"),
    (lambda r: r.update(leaf="zz"), "it isn't a receipt of this service"),
    (lambda r: r.update(proof=None), "it isn't a receipt of this service"),
]


@pytest.mark.parametrize(("alter", "fault"), ALTERED)
@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_what_was_changed_convinces_nobody(
    ledger: Ledger,
    receipts: Receipts,
    seal: Callable[[], object],
    entry: EntryMaker,
    alter: Callable[[Receipt], object],
    fault: str,
) -> None:
    made = ledger.record([entry() for _ in range(3)])
    seal()
    receipt = copy.deepcopy(receipts.of("decision", made[0].decision_id))
    assert isinstance(receipt, dict)
    alter(receipt)
    found = receipt_faults(receipt, [SIGNER.verifier], None)
    assert found
    assert found[0].startswith(fault)


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_another_answer_isnt_the_recorded_one(
    ledger: Ledger, receipts: Receipts, seal: Callable[[], object], entry: EntryMaker
) -> None:
    one, other = ledger.record([entry(answer=b'{"target":1}'), entry(answer=b'{"target":2}')])
    seal()
    receipt = receipts.of("decision", one.decision_id)
    assert isinstance(receipt, dict)
    for forged in (other.answer, one.answer.replace(b":1,", b":2,"), b"{}", b""):
        assert len(receipt_faults(receipt, [SIGNER.verifier], forged)) == 1


def test_a_later_log_begins_with_the_earlier(
    ledger: Ledger, receipts: Receipts, seal: Callable[[], object], entry: EntryMaker
) -> None:
    heads = []
    for count in (3, 300, 1):
        ledger.record([entry() for _ in range(count)])
        seal()
        note = receipts.checkpoint()
        assert note is not None
        heads.append(opened(note, [SIGNER.verifier]))
    told = receipts.consistency(heads[0].size, heads[2].size)
    assert told is not None
    proof = [bytes.fromhex(hash) for hash in told["proof"]]
    assert consistent(3, heads[0].root, 304, heads[2].root, proof)
    assert not consistent(3, heads[0].root, 304, heads[1].root, proof)
    assert receipts.consistency(3, 305) is None
    assert receipts.consistency(4, 3) is None
