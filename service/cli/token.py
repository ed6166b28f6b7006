"""`quotewright token`: tokens for commands and tools. Works on the database, without a running service."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from schemas.people import LONGEST_LABEL
from service.cli import databases
from service.cli.acting import acting
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.cli.user import ROLE, user_named
from service.cli.words import Words
from service.domain.identities import Token
from service.domain.people import Caller, Role
from service.ledger import People
from service.people import administration
from service.people.chance import drawn
from service.people.refusals import NOT_YOURS, PeopleRefusal
from service.people.tokens import DAYS, MOST_DAYS

EPILOG = """
\b
Examples:
  quotewright token create --label "quoting tool" --role quoter
  quotewright token create --user ann --label laptop --days 30
  quotewright token list
  quotewright token revoke 0123456789abcdef

\b
Acts as the person whose token QUOTEWRIGHT_TOKEN holds: for oneself, or as an admin for others.
Exit codes: 0 done; 1 refused; 2 wrong usage.
"""
_USER = click.option("--user", "name", metavar="NAME", help="Whose; only an admin may say another's.  [default: yours]")


@click.group(epilog=EPILOG)
def token() -> None:
    """Tokens: told once, kept as digests, expiring, revocable."""


@token.command()
@click.option("--label", type=Words(LONGEST_LABEL), required=True, help="What it is for.")
@click.option("--role", type=ROLE, help="The most that it may do.  [default: as much as you may give]")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, show_default=True, help="For how long it is good."
)
@_USER
@databases.option
def create(label: str, role: str | None, days: int, name: str | None, database: str) -> None:
    """Make a token and print it, this once."""
    wanted = administration.Wanted(label=label, role=Role(role) if role else None, days=days)
    with opened_database(database) as opened:
        by, people = acting(opened), People(opened)
        made = administration.create_token(people, _whose(people, by, name), wanted, by, drawn(), datetime.now(UTC))
    if isinstance(made, PeopleRefusal):
        raise Refusal(made.detail)
    click.echo(made.text)
    click.echo(
        f"Good as {made.token.role} until {made.token.expires_at:%Y-%m-%d}; its id is {made.token.id}.", err=True
    )


@token.command(name="list")
@_USER
@databases.option
def list_tokens(name: str | None, database: str) -> None:
    """List a user's tokens, the oldest first. None is shown, only what it is for."""
    with opened_database(database) as opened:
        by, people, now = acting(opened), People(opened), datetime.now(UTC)
        found = administration.tokens_of(people, _whose(people, by, name), by)
    if isinstance(found, PeopleRefusal):
        raise Refusal(found.detail)
    table = Table("id", "role", "for", "state", "last used", box=None)
    for one in found:
        used = f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never"
        table.add_row(one.id, one.role.value, one.label, _state(one, now), used)
    Console(highlight=False).print(table)


@token.command()
@click.argument("token_id", metavar="ID")
@databases.option
def revoke(token_id: str, database: str) -> None:
    """Revoke the token ID. Every process of a running service refuses it within a second."""
    with opened_database(database) as opened:
        revoked = administration.revoke_token(People(opened), token_id, acting(opened), datetime.now(UTC))
    if isinstance(revoked, PeopleRefusal):
        raise Refusal(revoked.detail)
    click.echo(f"{revoked.id} is revoked.")


def _whose(people: People, by: Caller, name: str | None) -> str:
    if name is None:
        return by.id
    if by.role is not Role.ADMIN and name != by.name:
        raise Refusal(NOT_YOURS.detail)
    return user_named(people, name).id


def _state(one: Token, now: datetime) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    return f"until {one.expires_at:%Y-%m-%d}" if one.expires_at > now else f"expired {one.expires_at:%Y-%m-%d}"
