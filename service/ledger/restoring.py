"""A ledger from a backup: laid out beside, moved to this version's tables, given its clients' keys back, proved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import bindparam, func, select, update

from service.domain.acts import ActKind
from service.ledger.acts import record_act
from service.ledger.backups import BackupFailed, lay_out
from service.ledger.database import Database
from service.ledger.log.checkpoints import Verifier
from service.ledger.log.findings import Checked, Finding
from service.ledger.log.keys import known_keys
from service.ledger.log.verifying import Verification
from service.ledger.migrate import migrate
from service.ledger.tables import client_keys, log_waiting

CARRIED_OVER = "carried over with the keys when the ledger was restored"
_GIVE = (
    update(client_keys)
    .where(client_keys.c.id == bindparam("id_"), client_keys.c.key.is_(None), client_keys.c.erased_at.is_(None))
    .values(key=bindparam("key_"))
)
_ERASE = (
    update(client_keys)
    .where(client_keys.c.id == bindparam("id_"), client_keys.c.erased_at.is_(None))
    .values(key=None, erased_at=bindparam("at_"), erased_by=bindparam("by_"))
)
_LACKING = select(func.count()).where(client_keys.c.key.is_(None), client_keys.c.erased_at.is_(None))


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    client_id: str
    key: bytes | None
    erased_at: datetime | None
    erased_by: str | None


def laid_out(backup: Path, file: Path) -> Database:
    """The ledger in `backup`, in a file of its own beside `file`. Raises BackupFailed, LedgerUnavailable."""
    beside = file.with_name(f"{file.name}.restoring")
    clear(beside)
    lay_out(backup, beside)
    migrate(f"sqlite:///{beside}")
    return Database(f"sqlite:///{beside}")


def clear(beside: Path) -> None:
    for end in ("", "-wal", "-shm", ".turn"):
        beside.with_name(beside.name + end).unlink(missing_ok=True)


def lacking(database: Database) -> int:
    """How many clients' keys were left out of it."""
    with database.reads() as connection:
        return connection.execute(_LACKING).scalar_one()


def waiting(database: Database) -> int:
    """How many of its records nothing is proved of yet, since they were never sealed."""
    with database.reads() as connection:
        return connection.execute(select(func.count()).select_from(log_waiting)).scalar_one()


def give_keys(database: Database, file: Path, now: datetime) -> None:
    """From a file of keys: those that were left out, and the erasures that it knows of and the ledger doesn't yet.

    Raises BackupFailed, LedgerUnavailable.
    """
    keys = list(_keys_in(file))
    with database.erases() as connection:
        for key in keys:
            if key.erased_at is None:
                connection.execute(_GIVE, {"id_": key.id, "key_": key.key})
            elif connection.execute(_ERASE, {"id_": key.id, "at_": key.erased_at, "by_": key.erased_by}).rowcount:
                told = {"client_id": key.client_id, "keys": [key.id], "reason": CARRIED_OVER}
                record_act(connection, ActKind.ERASURE, key.erased_by or "", told, now)
    database.leave_no_trace()


def proved(
    database: Database, keys: Sequence[Verifier], checkpoints: Sequence[str], now: datetime
) -> Iterator[Finding | Checked]:
    """The whole ledger's proof; by the keys that it names itself where none are given. What waited for its seal when
    the backup was made will be sealed by the service."""
    with database.reads() as connection:
        since = connection.execute(select(func.min(log_waiting.c.written_at))).scalar_one()
    trusted = keys or [known.verifier for known in known_keys(database)]
    yield from Verification(database, trusted, checkpoints, since or now).whole()


def _keys_in(file: Path) -> Iterator[_Key]:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            rows = source.execute("SELECT id, client_id, key, erased_at, erased_by FROM client_keys")
            for id, client, key, erased_at, erased_by in rows:
                moment = None if erased_at is None else datetime.fromisoformat(erased_at).replace(tzinfo=UTC)
                yield _Key(id, client, key, moment, erased_by)
    except sqlite3.Error as fault:
        raise BackupFailed(file, f"it holds no clients' keys: {fault}") from fault
