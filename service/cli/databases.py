"""The database that a command works on, or why it can't. Knows no tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from service.cli.refusals import Refusal
from service.ledger import Database, LedgerUnavailable, LedgerUrlRefused
from service.ledger.engine import database_url
from service.settings import Settings

option = click.option(
    "--database",
    metavar="URL",
    envvar="DATABASE_URL",
    default=Settings().database_url,
    show_default=True,
    help="Database that the service writes; or DATABASE_URL.",
)


def kind_and_place(url: str) -> tuple[str, str]:
    """The kind of database, and its file where it is SQLite's, else its address without a password, as the database's
    own tools take it. Raises UsageError for a URL that is none."""
    try:
        place = database_url(url)
    except LedgerUrlRefused as refused:
        raise click.UsageError(f"{refused}.") from refused
    kind = place.get_backend_name()
    if kind == "sqlite":
        return kind, place.database or ""
    return kind, place._replace(drivername=kind, password=None).render_as_string()


@contextmanager
def opened_database(url: str) -> Iterator[Database]:
    """Open while the block runs, with this version's tables. Raises Refusal where it can't be used, UsageError for a
    URL that is none."""
    with reached(url) as database:
        database.ready()
        yield database


@contextmanager
def reached(url: str) -> Iterator[Database]:
    """Whatever its tables are like. Raises as `opened_database`."""
    kind, place = kind_and_place(url)
    if kind == "sqlite" and not Path(place).is_file():
        raise Refusal(f"{place} is no file: give the database that the service writes, --database URL.")
    database = Database(url)
    try:
        yield database
    except LedgerUnavailable as away:
        raise Refusal(f"{away}. Start it, or give another one: --database URL or DATABASE_URL.") from away
    finally:
        database.close()
