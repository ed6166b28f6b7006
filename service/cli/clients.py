"""`quotewright clients`: the firm's books of its clients, and what is kept of one erased on request."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.cli import databases
from service.cli.acting import acting_as
from service.cli.clients_import import import_
from service.cli.clients_lists import draw, list_
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.domain.people import Role
from service.ledger import Erasures, NoSuchClient

EPILOG = """
\b
Examples:
  quotewright clients erase c-204 --reason "Asked for in writing, letter 118"

\b
Acts as the person whose token QUOTEWRIGHT_TOKEN holds, who needs the role finance.
Exit codes: 0 done; 1 refused; 2 wrong usage.
"""


@click.group(epilog=EPILOG)
def clients() -> None:
    """The firm's books of its clients: bring them in, ask them; and erase on request what is kept of one."""


for command in (import_, list_, draw):
    clients.add_command(command)


@clients.command()
@click.argument("client", metavar="CLIENT")
@click.option("--reason", required=True, metavar="TEXT", help="Why. It is kept: name nobody in it.")
@databases.option
def erase(client: str, reason: str, database: str) -> None:
    """Make unreadable, for ever, what was recorded of the client with the id CLIENT in words.

    Requests, facts, answers, notes of overrides and what was told of outcomes. Rows, log and proofs stand. What is
    recorded of the client later can be read.
    """
    if not reason.strip():
        raise click.BadParameter("say why.", param_hint="--reason")
    with opened_database(database) as opened:
        by = acting_as(opened, Role.FINANCE)
        erased = Erasures(opened).erase(client, by.id, reason, datetime.now(UTC))
    if isinstance(erased, NoSuchClient):
        raise Refusal(f"Nothing was recorded of a client {client}.")
    if erased.repeated:
        click.echo(f"Erased before, on {erased.erased_at:%Y-%m-%d}; nothing has come since.")
    else:
        click.echo(f"What was recorded of {client} in words is erased. Backups that hold its key still have it.")
