"""`quotewright user`: who may come in, and with which role. Works on the database, without a running service."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from service.cli import databases
from service.cli.acting import acting, acting_as
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.cli.secrets_typed import FROM_STDIN, new_password
from service.domain.identities import User
from service.domain.people import Role
from service.ledger import People, new_decision_id
from service.people import administration, names
from service.people.passwords import Passwords
from service.people.refusals import NOT_YOURS, PeopleRefusal

ROLE = click.Choice([role.value for role in Role])
EPILOG = """
\b
Examples:
  quotewright user add ann --role manager
  quotewright user list
  quotewright user role ann finance
  quotewright user disable ann

\b
Acts as the person whose token QUOTEWRIGHT_TOKEN holds: an admin, or for `password` oneself.
Exit codes: 0 done; 1 refused; 2 wrong usage.
"""


@click.group(epilog=EPILOG)
def user() -> None:
    """Users and their roles: quoter, manager, finance, admin."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the user may do.")
@click.option("--no-password", is_flag=True, help="The user only gets tokens; a tool, say.")
@FROM_STDIN
@databases.option
def add(name: str, role: str, no_password: bool, password_stdin: bool, database: str) -> None:
    """Add the user NAME."""
    with opened_database(database) as opened:
        by, now = acting_as(opened, Role.ADMIN), datetime.now(UTC)
        hashed = None if no_password else Passwords().hashed(new_password(names.kept(name), password_stdin))
        added = administration.add_user(People(opened), name, Role(role), hashed, new_decision_id(now), by, now)
    if isinstance(added, PeopleRefusal):
        raise Refusal(added.detail)
    click.echo(f"{added.name} added as {added.role}.")


@user.command(name="list")
@databases.option
def list_users(database: str) -> None:
    """List all users."""
    with opened_database(database) as opened:
        acting_as(opened, Role.ADMIN)
        with People(opened).reading() as roster:
            found = roster.users()
    table = Table("name", "role", "signs in with", "since", "id", box=None)
    for one in found:
        how = "provider" if one.subject else "password" if one.password else "tokens only"
        state = how if one.active else "nothing: disabled"
        table.add_row(one.name, one.role.value, state, f"{one.created_at:%Y-%m-%d}", one.id)
    Console(highlight=False).print(table)


@user.command()
@click.argument("name")
@click.argument("new_role", type=ROLE, metavar="ROLE")
@databases.option
def role(name: str, new_role: str, database: str) -> None:
    """Give the user NAME the role ROLE."""
    changed = _changed(name, database, role=Role(new_role))
    click.echo(f"{changed.name} is {changed.role} now.")


@user.command()
@click.argument("name")
@databases.option
def disable(name: str, database: str) -> None:
    """Keep the user NAME out. Tokens and sessions end for good."""
    click.echo(f"{_changed(name, database, disabled=True).name} is disabled.")


@user.command()
@click.argument("name")
@databases.option
def enable(name: str, database: str) -> None:
    """Let the user NAME in again, with the password as it was; tokens must be made anew."""
    click.echo(f"{_changed(name, database, disabled=False).name} is enabled.")


@user.command()
@click.argument("name")
@FROM_STDIN
@databases.option
def password(name: str, password_stdin: bool, database: str) -> None:
    """Set the password of the user NAME: as an admin anyone's, else your own."""
    with opened_database(database) as opened:
        by, people = acting(opened), People(opened)
        if by.role is not Role.ADMIN and names.kept(name) != by.name:
            raise Refusal(NOT_YOURS.detail)
        one = user_named(people, name)
        hashed = Passwords().hashed(new_password(one.name, password_stdin))
        changed = administration.set_password(people, one.id, hashed, by, datetime.now(UTC))
    if isinstance(changed, PeopleRefusal):
        raise Refusal(changed.detail)
    click.echo(f"{changed.name} has a new password; all of the user's sessions have ended.")


def user_named(people: People, name: str) -> User:
    """Raises Refusal."""
    with people.reading() as roster:
        found = roster.user_named(names.kept(name))
    if found is None:
        raise Refusal(f"There is no user {name}: `quotewright user list` lists all.")
    return found


def _changed(name: str, database: str, role: Role | None = None, disabled: bool | None = None) -> User:
    with opened_database(database) as opened:
        by, people = acting_as(opened, Role.ADMIN), People(opened)
        one = user_named(people, name)
        changed = administration.change_user(people, one.id, by, datetime.now(UTC), role, disabled)
    if isinstance(changed, PeopleRefusal):
        raise Refusal(changed.detail)
    return changed
