"""`quotewright db`: the database that the ledger lives in, looked after by whoever can reach it. Decides nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.cli import databases
from service.cli.acting import acting_as
from service.cli.databases import opened_database, reached
from service.cli.db_copies import backup, restore
from service.cli.refusals import Refusal
from service.domain.people import Role
from service.ledger import LedgerUnavailable, LedgerUrlRefused, migrate
from service.ledger.checkup import faults
from service.ledger.migrate import newest_revision
from service.ledger.retention import Retention

EPILOG = """
\b
Examples:
  quotewright db upgrade
  quotewright db check
  quotewright db backup /backups/ledger.db --without-keys
  quotewright db backup /backups/keys.db --keys-only --force
  quotewright db restore /backups/ledger.db --client-keys /backups/keys.db --database sqlite:///var/quotewright.db
  quotewright db retain --older-than 3650

\b
Exit codes: 0 done, sound; 1 findings or refused; 2 wrong usage. docs/database.md tells more.
"""


@click.group(epilog=EPILOG)
def db() -> None:
    """Move the database's tables, check it, copy it, drop what is too old."""


@db.command()
@databases.option
def upgrade(database: str) -> None:
    """Move the tables to what this version needs, as `serve` does at its start; make them where there are none."""
    try:
        before = migrate(database)
    except LedgerUrlRefused as refused:
        raise click.UsageError(f"{refused}.") from refused
    except LedgerUnavailable as away:
        raise Refusal(f"{away}.") from away
    after = newest_revision()
    click.echo(f"At revision {after} already." if before == after else f"From {before or 'nothing'} to {after}.")


@db.command()
@databases.option
def check(database: str) -> None:
    """Look whether the database is as this version needs it.

    Its revision, its tables against what they should be, SQLite's pages, references between rows, and whether the
    newest thousand records of each kind can be read. That nothing was altered is proved by `quotewright audit verify`.
    """
    with reached(database) as opened:
        found = [str(fault) for fault in faults(opened)]
    if found:
        raise Refusal(*found, f"{len(found)} finding{'s' if len(found) > 1 else ''}.")
    click.echo(f"Sound, at revision {newest_revision()}.")


@db.command()
@click.option("--older-than", "days", type=click.IntRange(1, 36_500), required=True, metavar="DAYS", help="In days.")
@databases.option
def retain(days: int, database: str) -> None:
    """Drop what records older than DAYS days say in words: requests, facts, answers, notes. The rest stands.

    Needs the token of somebody with the role finance in QUOTEWRIGHT_TOKEN, and records who that is. With
    RETENTION_DAYS set the service does it every day.
    """
    with opened_database(database) as opened:
        by = acting_as(opened, Role.FINANCE)
        dropped = Retention(opened).drop(days, by.id, datetime.now(UTC))
    click.echo(f"{dropped:,} records older than {days} days have lost their words." if dropped else "Nothing is older.")


for _command in (backup, restore):
    db.add_command(_command)
