"""Who runs a command. Knows how a person is recognised, not what the command does."""

from __future__ import annotations

from service.cli.refusals import Refusal
from service.domain.people import ANYONE, Caller, Role
from service.ledger import Database


def acting(database: Database | str) -> Caller:
    return ANYONE


def acting_as(database: Database | str, needed: Role) -> Caller:
    """Raises Refusal where nobody can be named, or the person's role is too low."""
    caller = acting(database)
    if not caller.known:
        raise Refusal("Somebody must answer for this by name: set QUOTEWRIGHT_TOKEN to your token.")
    if not caller.role.covers(needed):
        raise Refusal(f"This needs the role {needed}, and {caller.name}'s token has the role {caller.role}.")
    return caller
