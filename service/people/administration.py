"""Users and their tokens: who may make, change and end them. What is allowed and what is done is one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from service.domain.identities import Token, User
from service.domain.people import SYSTEM, Caller, Role
from service.ledger import People, Roster
from service.people import events, names, tokens
from service.people.chance import Drawn
from service.people.passwords import Passwords, weakness
from service.people.refusals import (
    ALREADY_SET_UP,
    BAD_NAME,
    DISABLED,
    LAST_ADMIN,
    NAME_TAKEN,
    NO_SUCH_TOKEN,
    NO_SUCH_USER,
    NOT_YOURS,
    ROLE_ABOVE,
    SIGNS_IN_ELSEWHERE,
    PeopleRefusal,
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and its text, which nobody can tell again."""

    token: Token
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A token to be made. `role`: None for as much as its maker may give."""

    label: str
    role: Role | None = None
    days: int = tokens.DAYS


def set_up(
    people: People, passwords: Passwords, name: str, password: str, user_id: str, made: Drawn, now: datetime
) -> tuple[User, Issued] | PeopleRefusal:
    """The first admin and a token for it; refused once there is an admin."""
    user = _new_user(name, Role.ADMIN, user_id, SYSTEM, now)
    if isinstance(user, PeopleRefusal):
        return user
    if weak := weakness(password, user.name):
        return weak
    user = replace(user, password=passwords.hashed(password))
    with people.changing() as roster:
        if roster.admins():
            return ALREADY_SET_UP
        if roster.user_named(user.name):
            return NAME_TAKEN
        roster.add_user(user)
        roster.note(events.about(user, "added as admin", SYSTEM, now))
        return user, _issue(roster, user, Wanted(label="made by quotewright init"), SYSTEM, made, now)


def add_user(
    people: People, name: str, role: Role, hashed: str | None, user_id: str, by: Caller, now: datetime
) -> User | PeopleRefusal:
    """`hashed`: of a password that isn't weak; None: the user can't sign in yet, but may have tokens."""
    user = _new_user(name, role, user_id, by, now)
    if isinstance(user, PeopleRefusal):
        return user
    user = replace(user, password=hashed)
    with people.changing() as roster:
        if roster.user_named(user.name):
            return NAME_TAKEN
        roster.add_user(user)
        roster.note(events.about(user, f"added as {role}", by, now))
    return user


def change_user(
    people: People, user_id: str, by: Caller, now: datetime, role: Role | None = None, disabled: bool | None = None
) -> User | PeopleRefusal:
    """None leaves things as they are. Whoever is disabled loses sessions and tokens for good."""
    with people.changing() as roster:
        user = roster.user(user_id)
        if user is None:
            return NO_SUCH_USER
        after = replace(user, role=role or user.role, disabled_at=_disabled_at(user, disabled, now))
        leaves = user.role is Role.ADMIN and user.active and not (after.role is Role.ADMIN and after.active)
        if leaves and roster.admins() == 1:
            return LAST_ADMIN
        roster.change_user(user.id, role=after.role, disabled_at=after.disabled_at)
        if after.role is not user.role:
            roster.note(events.about(user, f"role {user.role} -> {after.role}", by, now))
        if after.active is not user.active:
            roster.note(events.about(user, "enabled" if after.active else "disabled", by, now))
        if not after.active:
            roster.end_sessions(user.id, now)
            roster.revoke(now, user_id=user.id)
    return after


def set_password(people: People, user_id: str, hashed: str, by: Caller, now: datetime) -> User | PeopleRefusal:
    """Ends the user's sessions."""
    with people.changing() as roster:
        user = roster.user(user_id)
        if user is None:
            return NO_SUCH_USER
        if by.id != user.id and by.role is not Role.ADMIN:
            return NOT_YOURS
        if user.subject is not None:
            return SIGNS_IN_ELSEWHERE
        roster.change_user(user.id, password=hashed)
        roster.end_sessions(user.id, now)
        roster.note(events.about(user, "password set", by, now))
    return user


def create_token(
    people: People, user_id: str, wanted: Wanted, by: Caller, made: Drawn, now: datetime
) -> Issued | PeopleRefusal:
    with people.changing() as roster:
        user = roster.user(user_id)
        refused = _theirs(user, by)
        if user is None or refused is not None:
            return refused or NO_SUCH_USER
        if not user.active:
            return DISABLED
        most = user.role if by.role is Role.ADMIN else tokens.lesser(user.role, by.role)
        if wanted.role is not None and not most.covers(wanted.role):
            return ROLE_ABOVE
        return _issue(roster, user, replace(wanted, role=wanted.role or most), by, made, now)


def tokens_of(people: People, user_id: str, by: Caller) -> tuple[Token, ...] | PeopleRefusal:
    with people.reading() as roster:
        user = roster.user(user_id)
        return _theirs(user, by) or roster.tokens_of(user_id)


def revoke_token(people: People, token_id: str, by: Caller, now: datetime) -> Token | PeopleRefusal:
    """Somebody else's token isn't told apart from one that doesn't exist."""
    with people.changing() as roster:
        found = roster.bearer(token_id)
        if found is None or _theirs(found[1], by) is not None:
            return NO_SUCH_TOKEN
        token, user = found
        if token.revoked_at is None:
            roster.revoke(now, token_id=token.id)
            roster.note(events.about(user, f"token {token.id} revoked", by, now))
            token = replace(token, revoked_at=now)
    return token


def _theirs(user: User | None, by: Caller) -> PeopleRefusal | None:
    """Why `by` may not look after this user's tokens; who may not also isn't told who there is."""
    if by.role is Role.ADMIN:
        return NO_SUCH_USER if user is None else None
    return None if user is not None and user.id == by.id else NOT_YOURS


def _new_user(name: str, role: Role, user_id: str, by: Caller, now: datetime) -> User | PeopleRefusal:
    if not names.fits(names.kept(name)):
        return BAD_NAME
    return User(id=user_id, name=names.kept(name), role=role, created_at=now, created_by=by.id)


def _disabled_at(user: User, disabled: bool | None, now: datetime) -> datetime | None:
    if disabled is None:
        return user.disabled_at
    return (user.disabled_at or now) if disabled else None


def _issue(roster: Roster, user: User, wanted: Wanted, by: Caller, made: Drawn, now: datetime) -> Issued:
    text = tokens.text_of(made)
    token = Token(
        id=made.id,
        user_id=user.id,
        digest=tokens.digest(text),
        label=wanted.label,
        role=wanted.role or user.role,
        created_at=now,
        created_by=by.id,
        expires_at=now + timedelta(days=wanted.days),
    )
    roster.add_token(token)
    roster.note(events.about(user, f"token {token.id} made", by, now))
    return Issued(token, text)
