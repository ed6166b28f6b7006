"""A receipt: all that it takes to show, without the ledger and with the public key alone, that a record is in it."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select

from service.domain.merkle import consistency_proof, includes, inclusion_proof, leaf_hash
from service.ledger.database import Database
from service.ledger.decision_rows import answer_digest
from service.ledger.log.checkpoints import BadCheckpoint, Verifier, opened
from service.ledger.log.leaves import KINDS, Kind, entry
from service.ledger.log.tree import Tiles, sealed_size
from service.ledger.tables import checkpoints, log, log_waiting

_PLACE = select(log.c.position, log.c.leaf).where(log.c.record_id == bindparam("id"), log.c.kind == bindparam("kind"))
_WAITING = select(log_waiting.c.number).where(
    log_waiting.c.record_id == bindparam("id"), log_waiting.c.kind == bindparam("kind")
)
_NOTE = select(checkpoints.c.note).where(checkpoints.c.size == bindparam("size"))
_NOTE_OF_NEWEST = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class NotSealed:
    """The record is there, and its seal is not: within a second it will be."""


class Receipts:
    """What the log can show of single records. Every method raises LedgerUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, kind: str, id: str) -> Mapping[str, Any] | NotSealed | None:
        """A receipt as JSON; None where there is no such record, or none in the log."""
        if "\0" in id:
            return None
        with self._database.snapshot() as connection:
            return _receipt(connection, KINDS[kind], id)

    def checkpoint(self) -> str | None:
        """The newest signed note; None before the first seal."""
        with self._database.reads() as connection:
            return connection.execute(_NOTE_OF_NEWEST).scalar_one_or_none()

    def consistency(self, earlier: int, later: int) -> Mapping[str, Any] | None:
        """That the log of `later` leaves begins with that of `earlier`; None where these aren't sizes it had."""
        with self._database.snapshot() as connection:
            if not 0 <= earlier <= later <= sealed_size(connection):
                return None
            proof = consistency_proof(earlier, later, Tiles(connection))
        return {"earlier": earlier, "later": later, "proof": [hash.hex() for hash in proof]}


def _receipt(connection: Connection, kind: Kind, id: str) -> Mapping[str, Any] | NotSealed | None:
    asked = {"kind": kind.name, "id": id}
    place = connection.execute(_PLACE, asked).one_or_none()
    if place is None:
        return NotSealed() if connection.execute(_WAITING, asked).first() else None
    size = sealed_size(connection)
    row = connection.execute(select(kind.table).where(kind.key == id)).mappings().one_or_none()
    if row is None:
        return None
    return {
        "entry": orjson.loads(entry(kind, row)),
        "leaf": bytes(place.leaf).hex(),
        "position": place.position,
        "size": size,
        "proof": [hash.hex() for hash in inclusion_proof(place.position, size, Tiles(connection))],
        "checkpoint": connection.execute(_NOTE, {"size": size}).scalar_one(),
    }


def receipt_faults(receipt: Mapping[str, Any], verifiers: Sequence[Verifier], answer: bytes | None) -> list[str]:
    """What speaks against a receipt, in words; nothing where it holds. `answer`: as it was answered, to hold against
    the receipt as well. Knows no database."""
    try:
        told, place, size = receipt["entry"], receipt["position"], receipt["size"]
        proof = [binascii.unhexlify(hash) for hash in receipt["proof"]]
        note, leaf = receipt["checkpoint"], binascii.unhexlify(receipt["leaf"])
    except (KeyError, TypeError, ValueError) as error:
        return [f"it isn't a receipt of this service: {error!r} is missing or unreadable"]
    if [type(part) for part in (told, place, size, note)] != [dict, int, int, str]:
        return ["it isn't a receipt of this service: entry, position, size and checkpoint are of other types"]
    faults = []
    if leaf_hash(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)) != leaf:
        faults.append("its entry isn't what the leaf was made of")
    try:
        head = opened(note, verifiers)
    except BadCheckpoint as bad:
        return [*faults, f"its checkpoint doesn't hold: {bad.reason}"]
    if head.size != size or not includes(head.root, size, leaf, place, proof):
        faults.append("its proof doesn't lead from the leaf to the checkpoint")
    if answer is not None:
        faults += _answer_faults(told, leaf, answer)
    return faults


def _answer_faults(told: Mapping[str, Any], leaf: bytes, answer: bytes) -> list[str]:
    """The answer holds its own leaf and salt at its end, which were not part of what was digested."""
    decision, _, end = answer.rstrip().rpartition(b',"receipt":')
    try:
        own = orjson.loads(end[:-1])
        salt, own_leaf = binascii.unhexlify(own["salt"]), binascii.unhexlify(own["leaf"])
    except (KeyError, TypeError, ValueError):
        return ["the answer isn't as it was answered: it doesn't end in its receipt"]
    if own_leaf != leaf or answer_digest(decision + b"}", salt) != told.get("answer_digest"):
        return ["the answer isn't the one that was recorded"]
    return []
