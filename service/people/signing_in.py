"""Signing in with name and password: counted before it is looked at, and at the same cost for every name."""

from __future__ import annotations

from datetime import datetime

from service.domain.identities import SignIn, User
from service.ledger import People, Roster
from service.people import events, names
from service.people.lockout import REACH, locked
from service.people.passwords import Passwords


def proved(people: People, passwords: Passwords, typed: str, password: str, now: datetime, door: str) -> User | None:
    """The active user whose name and password these are; None otherwise, and for a name that is locked, without
    telling which. Raises LedgerUnavailable."""
    name = names.digest(typed)
    with people.changing() as roster:
        user = roster.user_named(names.kept(typed))
        shut = locked(_failed(roster, name, now), now)
        event = events.LOCKED if shut else events.ATTEMPT
        roster.note(SignIn(at=now, event=event, name_digest=name, user_id=user.id if user else None, by=door))
    encoded = user.password if user and user.active else None
    if not passwords.fit(encoded, password) or shut or user is None or encoded is None:
        return None
    afresh = passwords.hashed(password) if passwords.outdated(encoded) else encoded
    with people.changing() as roster:
        roster.note(SignIn(at=now, event=events.SUCCESS, name_digest=name, user_id=user.id, by=door))
        if afresh != encoded:
            roster.change_user(user.id, password=afresh)
    return user


def _failed(roster: Roster, name: str, now: datetime) -> list[datetime]:
    since: list[datetime] = []
    for line in roster.noted_since(name, (events.ATTEMPT, events.SUCCESS), now - REACH):
        since = [] if line.event == events.SUCCESS else [*since, line.at]
    return since
