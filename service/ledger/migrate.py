"""Brings a database's tables to what this version of the code expects. Knows nothing of what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from service.ledger.engine import connect, database_url, reporting, shown
from service.ledger.errors import LedgerUnavailable

LOCK_PATIENCE_SECONDS = 60
"""How long a starter waits for another one that is migrating the same database."""

ADVISORY_LOCK = 7_108_392_315_027
"""PostgreSQL's advisory locks are numbers; this one means "migrating the ledger"."""


def migrate(url: str) -> str | None:
    """Moves the tables up to the newest revision, creating a SQLite file where there is none.

    All of it in one transaction that holds a lock, so that several starters don't race and a killed one leaves
    nothing half done. The revision that they were at, None where there were none. Raises LedgerUnavailable, also when
    a newer version of the service has migrated already.
    """
    target = database_url(url)
    if target.get_backend_name() == "sqlite" and target.database:
        _make_room(Path(target.database), shown(target))
    with _alone(target) as config:
        before = revision_of(config.attributes["connection"])
        command.upgrade(config, "head")
    return before


def roll_back(url: str, revision: str) -> None:
    """Moves the tables down to an older revision; `base` removes them and all that they hold."""
    with _alone(database_url(url)) as config:
        command.downgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at, None before its first migration."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


@contextmanager
def _alone(url: URL) -> Iterator[Config]:
    """A configuration for Alembic whose connection is in a transaction that no other migration shares."""
    engine = connect(url, LOCK_PATIENCE_SECONDS)
    try:
        with reporting(url), engine.begin() as connection:
            if url.get_backend_name() == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            config = _config()
            _refuse_newer(connection, ScriptDirectory.from_config(config), shown(url))
            config.attributes["connection"] = connection
            yield config
    finally:
        engine.dispose()


def _refuse_newer(connection: Connection, scripts: ScriptDirectory, database: str) -> None:
    here = revision_of(connection)
    if here is not None and here not in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerUnavailable(database, f"a newer version of the service migrated it (revision {here}): run that one")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _make_room(file: Path, database: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnavailable(database, f"its folder can't be made: {error.strerror}") from error
    try:
        file.touch()
    except OSError as error:
        raise LedgerUnavailable(database, f"its file can't be made: {error.strerror}") from error
