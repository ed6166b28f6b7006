"""A decision as a row of its table, and back. Knows bodies and leaves, no transactions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256
from operator import attrgetter
from typing import Any

from service.domain.record import maker
from service.ledger.bodies import packed, unpacked
from service.ledger.client_keys import ClientKey
from service.ledger.entries import Entry, Recorded
from service.ledger.log.leaves import KINDS, digest, leaf

DECISION = KINDS["decision"]
SALT_BYTES = 16
_IN_THE_BODY = ("request", "facts", "answer")
_PLAIN = tuple(field.name for field in fields(Entry) if field.name not in (*_IN_THE_BODY, "rules", "given"))
_plain = attrgetter(*_PLAIN)
_new_recorded = maker(Recorded)


def row_of(entry: Entry, key: ClientKey) -> dict[str, Any]:
    salt = os.urandom(SALT_BYTES)
    body = packed((entry.request, entry.facts, entry.answer, salt), key.key, entry.id)
    return {
        **dict(zip(_PLAIN, _plain(entry), strict=True)),
        "rules": f" {' '.join(entry.rules)} ",
        "key_id": key.id,
        "answer_digest": answer_digest(entry.answer, salt),
        "body_digest": digest(body),
        "body": body,
        "salt": salt,
    }


def given_rows(entry: Entry) -> list[dict[str, Any]]:
    """Of the table of concessions."""
    return [
        {
            "decision_id": entry.id, "kind": each.kind, "amount": each.amount, "percent": each.percent,
            "rules": " ".join(each.rules),
        }
        for each in entry.given
    ]  # fmt: skip


def recorded(entry: Entry, row: Mapping[str, Any], replayed: bool = False) -> Recorded:
    """`row`: as `row_of` made it."""
    return _new_recorded(entry=entry, leaf=leaf(DECISION, row), salt=row["salt"], replayed=replayed)


def read(row: Mapping[str, Any], key: bytes | None, replayed: bool = False) -> Recorded:
    """`key`: None where it was erased. Raises UnreadableBody."""
    kept = key is not None and row["body"] is not None
    request, facts, answer, salt = unpacked(row["body"], key, row["id"]) if kept else (b"", b"", b"", b"")  # type: ignore[arg-type]
    plain = {name: row[name] for name in _PLAIN}
    entry = Entry(**plain, rules=tuple(row["rules"].split()), request=request, facts=facts, answer=answer)
    return Recorded(entry, leaf(DECISION, row), salt, replayed, kept)


def answer_digest(answer: bytes, salt: bytes) -> str:
    return f"sha256:{sha256(salt + answer).hexdigest()}"
