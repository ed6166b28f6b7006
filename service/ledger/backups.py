"""Copies of a SQLite ledger while it is written to, and the way back. The keys of clients can be kept apart: then a
client who was erased is erased from the copies too, once the file of keys is made anew.

PostgreSQL has its own tools for this; docs/database.md tells how.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path

from sqlalchemy.schema import CreateTable

from service.ledger.database import Database
from service.ledger.tables import client_keys


class Contents(StrEnum):
    WHOLE = "whole"
    WITHOUT_KEYS = "without-keys"
    KEYS_ONLY = "keys-only"


class BackupFailed(Exception):
    """The file can't be written or read as what it should be."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class Backup:
    """`checkpoint`: the newest signed head in it, None where nothing was sealed or where it holds keys alone."""

    file: Path
    sha256: str
    size: int
    decisions: int
    clients: int
    checkpoint: str | None


def back_up(database: Database, file: Path, contents: Contents, replace: bool) -> Backup:
    """A copy as of one moment. `replace`: over a file that is there. Raises BackupFailed, LedgerUnavailable."""
    if file.exists() and not replace:
        raise BackupFailed(file, "it is there already")
    beside = file.with_name(f"{file.name}.partial")
    try:
        with _made(beside), closing(sqlite3.connect(beside, isolation_level=None)) as copy:
            with database.reads() as connection:
                source = connection.connection.driver_connection
                assert isinstance(source, sqlite3.Connection), "PostgreSQL is refused before"
                if contents is Contents.KEYS_ONLY:
                    _copy_keys(source, copy)
                else:
                    source.backup(copy)
            if contents is Contents.WITHOUT_KEYS:
                _leave_keys_out(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            told = _told(copy, contents)
        _synced(beside)
        os.replace(beside, file)
    except sqlite3.Error as fault:
        raise BackupFailed(file, str(fault)) from fault
    except OSError as fault:
        raise BackupFailed(file, fault.strerror or "it can't be written") from fault
    with file.open("rb") as written:
        return Backup(file, file_digest(written, "sha256").hexdigest(), file.stat().st_size, *told)


@contextmanager
def _made(path: Path) -> Iterator[None]:
    """Readable by its owner alone, since it holds what clients said; gone again if it isn't finished."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with ExitStack() as undone:
        undone.callback(path.unlink, missing_ok=True)
        yield
        undone.pop_all()


def _copy_keys(source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    names = [column.name for column in client_keys.columns]
    copy.execute("BEGIN")
    copy.execute(str(CreateTable(client_keys, include_foreign_key_constraints=[])))
    places = ", ".join("?" * len(names))
    copy.executemany(
        f"INSERT INTO client_keys VALUES ({places})", source.execute(f"SELECT {', '.join(names)} FROM client_keys")
    )
    copy.execute("COMMIT")


def _leave_keys_out(copy: sqlite3.Connection) -> None:
    """The file is written anew, so that no page of the copy holds what was in it."""
    copy.execute("UPDATE client_keys SET key = NULL")
    copy.execute("VACUUM")


def _told(copy: sqlite3.Connection, contents: Contents) -> tuple[int, int, str | None]:
    (clients,) = copy.execute("SELECT count(DISTINCT client_id) FROM client_keys").fetchone()
    if contents is Contents.KEYS_ONLY:
        return 0, clients, None
    (decisions,) = copy.execute("SELECT count(*) FROM decisions").fetchone()
    note = copy.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    return decisions, clients, note[0] if note else None


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def lay_out(backup: Path, target: Path) -> None:
    """Copies a backup to `target`, a file that nobody uses yet. Raises BackupFailed."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with (
            _made(target),
            closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            if not _has(source, "alembic_version"):
                raise BackupFailed(backup, "it holds no ledger")
            source.backup(copy)
    except sqlite3.Error as fault:
        raise BackupFailed(backup, str(fault)) from fault
    except OSError as fault:
        raise BackupFailed(target, fault.strerror or "it can't be written") from fault


def put_in_place(laid_out: Path, file: Path) -> None:
    """Raises BackupFailed."""
    try:
        _synced(laid_out)
        for end in ("-wal", "-shm"):  # of the file before: SQLite would take them for this one's
            file.with_name(file.name + end).unlink(missing_ok=True)
        os.replace(laid_out, file)
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as fault:
        raise BackupFailed(file, fault.strerror or "it can't be written") from fault


def _has(connection: sqlite3.Connection, table: str) -> bool:
    asked = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
    return asked.fetchone() is not None
