"""The key that signs the log's heads, the name that it signs for, and the public keys that the ledger goes by.

The private key never enters the database. Public ones do, for convenience: an auditor brings his own.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, select

from service.domain.people import SYSTEM
from service.ledger.conflicts import inserted_once
from service.ledger.database import Database
from service.ledger.log.checkpoints import SEED_BYTES, Signer, Verifier
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.tables import ledger_keys, service_keys

DEFAULT_FILE = Path("var/ledger.key")
_ORIGIN = "log-origin"
_VALUE = select(service_keys.c.value).where(service_keys.c.name == bindparam("name"))
_KEYS = select(ledger_keys).order_by(ledger_keys.c.added_at, ledger_keys.c.id)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A public key that the ledger goes by. `by`: the id of whoever rotated to it; of the first, the service's own."""

    verifier: Verifier
    added_at: datetime
    by: str


class KeyRefused(Exception):
    """A key that can't sign for this ledger."""

    def __init__(self, source: str, reason: str) -> None:
        self.source, self.reason = source, reason
        super().__init__(f"{source} can't sign for the ledger: {reason}")


def seed_read(text: str, source: str) -> bytes:
    """A private key as it is written: 32 bytes in base64. Raises KeyRefused."""
    try:
        seed = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise KeyRefused(source, "it isn't base64") from error
    if len(seed) != SEED_BYTES:
        raise KeyRefused(source, f"it holds {len(seed)} bytes, and an Ed25519 key has {SEED_BYTES}")
    return seed


def seed_in(path: Path, make: bool) -> bytes:
    """`make`: a new key where there is no such file, readable by its owner alone. Raises KeyRefused."""
    try:
        if make and not path.exists():
            _make(path)
        return seed_read(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyRefused(str(path), getattr(error, "strerror", None) or "it isn't text") from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64.b64encode(os.urandom(SEED_BYTES)).decode() + "\n")
    try:
        os.link(beside, path)  # never over one that another starter has made meanwhile
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def signer_by(key: str, file: Path | None, database: Database, now: datetime) -> Signer:
    """Signs with `key` as written, else with that in the file, which is made where there is none; by default it lies
    beside the database's file. Raises KeyRefused, LedgerUnavailable."""
    if key:
        return signer_for(database, seed_read(key, "LEDGER_KEY"), "LEDGER_KEY", now)
    place = file or key_file(database)
    return signer_for(database, seed_in(place, make=True), str(place), now)


def key_file(database: Database) -> Path:
    """Where the key lies if nobody says otherwise."""
    return database.file.with_name(f"{database.file.name}.key") if database.file else DEFAULT_FILE


def signer_for(database: Database, seed: bytes, source: str, now: datetime) -> Signer:
    """The first key that signs for a ledger is its own; from then on only those that it was rotated to.

    Raises KeyRefused, LedgerUnavailable.
    """
    with database.writes_alone() as connection:
        origin = _kept(connection, database.kind, _ORIGIN, f"quotewright/{os.urandom(8).hex()}", now)
        signer = Signer(origin, seed)
        if connection.execute(_KEYS).first() is None:
            add_key(connection, signer.verifier, SYSTEM.id, now)
        elif not knows(connection, signer.verifier):
            raise KeyRefused(source, "the ledger goes by another key. Give that one: LEDGER_KEY_FILE or LEDGER_KEY")
    return signer


def add_key(connection: Connection, verifier: Verifier, by: str, now: datetime) -> None:
    row = {"id": verifier.id.hex(), "verifier": str(verifier), "added_at": now, "by": by}
    connection.execute(insert(ledger_keys), row)
    await_seal(connection, KINDS["ledger-key"], [row], now)


def knows(connection: Connection, verifier: Verifier) -> bool:
    return str(verifier) in [row.verifier for row in connection.execute(_KEYS)]


def known_keys(database: Database) -> Sequence[KnownKey]:
    """Those that the database names, the oldest first: as trustworthy as whoever can write to it."""
    with database.reads() as connection:
        return [KnownKey(Verifier.read(row.verifier), row.added_at, row.by) for row in connection.execute(_KEYS)]


def verifiers_in(text: str) -> list[Verifier]:
    """Public keys, one a line; lines that begin with # are for people. Raises ValueError."""
    lines = [line.strip() for line in text.splitlines()]
    return [Verifier.read(line) for line in lines if line and not line.startswith("#")]


def _kept(connection: Connection, kind: str, name: str, offered: str, now: datetime) -> str:
    row = {"name": name, "value": offered, "created_at": now}
    connection.execute(inserted_once(kind, service_keys, "name"), row)
    return str(connection.execute(_VALUE, {"name": name}).scalar_one())
