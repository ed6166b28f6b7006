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


@contextmanager
def opened_database(url: str) -> Iterator[Database]:
    """Open while the block runs. Raises Refusal where it can't be used, UsageError for a URL that is none."""
    try:
        place = database_url(url)
    except LedgerUrlRefused as refused:
        raise click.UsageError(f"{refused}.") from refused
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        raise Refusal(f"{place.database} is no file: give the database that the service writes, --database URL.")
    database = Database(url)
    try:
        database.ready()
        yield database
    except LedgerUnavailable as away:
        raise Refusal(f"{away}. Start it, or give another one: --database URL or DATABASE_URL.") from away
    finally:
        database.close()
