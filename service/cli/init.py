"""`quotewright init`: the database, the first admin and a token to begin with."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.cli import databases
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.cli.secrets_typed import FROM_STDIN, new_password
from service.ledger import LedgerUnavailable, LedgerUrlRefused, People, migrate, new_decision_id
from service.people.administration import set_up
from service.people.chance import drawn
from service.people.passwords import Passwords
from service.people.refusals import ALREADY_SET_UP, PeopleRefusal

EPILOG = """
\b
Examples:
  quotewright init
  quotewright init --name ann --password-stdin < password.txt

\b
Exit codes: 0 done; 1 refused, such as when there is an admin already; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.option("--name", metavar="NAME", help="What the first admin signs in with; asked for if it isn't given.")
@FROM_STDIN
@databases.option
def init(name: str | None, password_stdin: bool, database: str) -> None:
    """Migrate the database and make the first admin. Prints a token, this once."""
    _migrated(database)
    with opened_database(database) as opened:
        people = People(opened)
        with people.reading() as roster:
            if roster.admins():
                raise Refusal(ALREADY_SET_UP.detail)
        name = name or click.prompt("Name of the first admin", err=True)
        password = new_password(name, password_stdin)
        now = datetime.now(UTC)
        made = set_up(people, Passwords(), name, password, new_decision_id(now), drawn(), now)
    if isinstance(made, PeopleRefusal):
        raise Refusal(made.detail)
    user, issued = made
    click.echo(
        f"{user.name} is the first admin. A token for commands, told this once; keep it as you keep a password:",
        err=True,
    )
    click.echo(issued.text)
    click.echo("Set QUOTEWRIGHT_TOKEN to it, and start the service with SIGN_IN=on.", err=True)


def _migrated(url: str) -> None:
    try:
        migrate(url)
    except LedgerUrlRefused as refused:
        raise click.UsageError(f"{refused}.") from refused
    except LedgerUnavailable as away:
        raise Refusal(f"{away}. Start it, or give another one: --database URL or DATABASE_URL.") from away
