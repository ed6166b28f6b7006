"""Sessions of pages: kept in the database by a digest, so that signing out really ends one. Knows no cookies."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.domain.identities import Session, SignIn, User
from service.ledger import People
from service.people import events, names
from service.people.tokens import digest

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A session that is in use is written no more often than this."""


def opened(people: People, user: User, secret: str, now: datetime) -> None:
    """`secret`: newly drawn; whoever shows it later is taken for the user."""
    session = Session(
        digest=digest(secret), user_id=user.id, created_at=now, seen_at=now, expires_at=now + LONGEST
    )  # fmt: skip
    with people.changing() as roster:
        roster.open_session(session)


def whose(people: People, secret: str, now: datetime) -> User | None:
    """The user whose session this is, while it lasts. Raises LedgerUnavailable."""
    kept = digest(secret)
    with people.reading() as roster:
        found = roster.session(kept)
    if found is None:
        return None
    session, user = found
    over = session.ended_at is not None or now >= min(session.expires_at, session.seen_at + IDLE)
    if over or not user.active:
        return None
    if now - session.seen_at >= SEEN_EVERY:
        with people.noting() as roster:
            roster.session_seen(kept, now)
    return user


def ended(people: People, user: User, secret: str, now: datetime) -> None:
    line = SignIn(
        at=now, event=events.SIGNED_OUT, name_digest=names.digest(user.name), user_id=user.id, by=events.AT_THE_PAGE
    )  # fmt: skip
    with people.changing() as roster:
        roster.end_session(digest(secret), now)
        roster.note(line)
