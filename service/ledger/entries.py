"""What goes into the ledger and what comes back. Knows nothing of requests, policies or SQL."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Given:
    """A concession: `amount` in minor units of the decision's currency, `percent` in basis points where it has one."""

    kind: str
    amount: int
    percent: int | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision, with all that it takes to make it again to the byte.

    `target` is in minor units of `currency`, None where no price was named. `request_digest` tells two bodies
    under one idempotency key apart; an entry without a key is never a repetition. `recorded_at` is aware. `rules`: ids
    of those that fired. `request`, `facts`, `answer`: JSON, empty where they were erased. `given`: what the answer
    gives away; told when it is recorded, and not read back with it.
    `version` must have been given to `Ledger.remember_version` before.
    """

    id: str
    recorded_at: datetime
    caller: str
    idempotency_key: str | None
    request_digest: str
    book: str
    version: str
    as_of: date
    outcome: str
    client_id: str
    currency: str
    target: int | None
    rules: tuple[str, ...]
    request: bytes
    facts: bytes
    answer: bytes
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A committed decision. `replayed`: the caller's earlier decision under the same key, not the one just made.

    `leaf`: what the log holds of it, or will within a second. `salt`: what makes its answer's digest unguessable.
    `kept`: False once what it says in words was erased or is no longer kept; then `entry` lacks it, and so the answer.
    """

    entry: Entry
    leaf: bytes
    salt: bytes
    replayed: bool = False
    kept: bool = True

    @property
    def decision_id(self) -> str:
        return self.entry.id

    @property
    def answer(self) -> bytes:
        """As it was answered: the decision, and what it takes to prove it later."""
        receipt = b',"receipt":{"leaf":"%s","salt":"%s"}}' % (self.leaf.hex().encode(), self.salt.hex().encode())
        return self.entry.answer[:-1] + receipt


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The refusal of an idempotency key that stands for another body already; nothing was recorded.

    `gone`: it stands for this very body, and what was answered is no longer kept.
    """

    caller: str
    idempotency_key: str
    decision_id: str
    """The decision that the key stands for."""
    gone: bool = False


def new_decision_id(now: datetime) -> str:
    """A UUID of version 7 (RFC 9562): ids sort by time, so that the ledger's index grows at one edge."""
    return _id(now, os.urandom(10))


def first_id(moment: datetime) -> str:
    """No id that is made at the moment or later sorts before it."""
    return _id(moment, bytes(10))


def _id(now: datetime, chance: bytes) -> str:
    moment = int(now.timestamp() * 1000).to_bytes(6, "big")
    version, variant = 0x70 | chance[0] & 0x0F, 0x80 | chance[2] & 0x3F
    text = (moment + bytes((version, chance[1], variant)) + chance[3:]).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
