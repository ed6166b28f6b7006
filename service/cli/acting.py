"""Who runs a command that changes what others rely on: the person of the token in QUOTEWRIGHT_TOKEN."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from service.cli.refusals import Refusal
from service.domain.people import ANYONE, Caller, Role
from service.ledger import Database, People
from service.people.tokens import TokenRefused, authenticated

VARIABLE = "QUOTEWRIGHT_TOKEN"
_REASONS = {
    TokenRefused.INVALID: "is no token of this database: see that it was copied whole",
    TokenRefused.EXPIRED: "has expired: make another one, in the browser at /account or with the help of an admin",
    TokenRefused.REVOKED: "was revoked, or its user disabled: an admin can say why",
}


def acting(database: Database) -> Caller:
    """Raises Refusal where nobody can be named, LedgerUnavailable."""
    people, text = People(database), os.environ.get(VARIABLE, "").strip()
    if _nobody_yet(people):
        raise Refusal(
            "There are no users yet: run `quotewright init` first, it makes the first admin and prints a token."
        )
    if not text:
        raise Refusal(f"Somebody must answer for this by name: set {VARIABLE} to your token.")
    found = authenticated(people, text, datetime.now(UTC))
    if isinstance(found, TokenRefused):
        raise Refusal(f"The token in {VARIABLE} {_REASONS[found]}.")
    return found


def acting_or_anyone(database: Database) -> Caller:
    """For what a service without sign-in takes from anyone: nobody need be named before there are users."""
    return ANYONE if _nobody_yet(People(database)) else acting(database)


def acting_as(database: Database, needed: Role) -> Caller:
    """Raises Refusal also where the person's role is too low."""
    caller = acting(database)
    if not caller.role.covers(needed):
        raise Refusal(f"This needs the role {needed}, and {caller.name}'s token has the role {caller.role}.")
    return caller


def _nobody_yet(people: People) -> bool:
    with people.reading() as roster:
        return not roster.users()
