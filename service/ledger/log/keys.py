"""The key that signs the log's heads, the name that it signs for, and the public keys that the ledger goes by.

The private key never enters the database. Public ones do, for convenience: an auditor brings his own.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, select

from service.ledger.conflicts import inserted_once
from service.ledger.database import Database
from service.ledger.log.checkpoints import SEED_BYTES, Signer, Verifier
from service.ledger.tables import service_keys

DEFAULT_FILE = Path("var/ledger.key")
_ORIGIN, _VERIFIER = "log-origin", "log-verifier:"
_VALUE = select(service_keys.c.value).where(service_keys.c.name == bindparam("name"))
_VERIFIERS = (
    select(service_keys.c.value).where(service_keys.c.name.startswith(_VERIFIER)).order_by(service_keys.c.created_at)
)


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
        known = list(connection.scalars(_VERIFIERS))
        if not known:
            add_verifier(connection, signer.verifier, now)
        elif str(signer.verifier) not in known:
            raise KeyRefused(source, "the ledger goes by another key. Give that one: LEDGER_KEY_FILE or LEDGER_KEY")
    return signer


def add_verifier(connection: Connection, verifier: Verifier, now: datetime) -> None:
    row = {"name": f"{_VERIFIER}{verifier.id.hex()}", "value": str(verifier), "created_at": now}
    connection.execute(insert(service_keys), row)


def verifiers(database: Database) -> Sequence[Verifier]:
    """The public keys that the database names, the oldest first: as trustworthy as whoever can write to it."""
    with database.reads() as connection:
        return [Verifier.read(text) for text in connection.scalars(_VERIFIERS)]


def _kept(connection: Connection, kind: str, name: str, offered: str, now: datetime) -> str:
    row = {"name": name, "value": offered, "created_at": now}
    connection.execute(inserted_once(kind, service_keys, "name"), row)
    return str(connection.execute(_VALUE, {"name": name}).scalar_one())
