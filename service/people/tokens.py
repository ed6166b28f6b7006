"""Bearer tokens: their form, and who comes with one.

A token is `qw_<id>_<secret>`; only a digest of it is kept. Its 256 bits of chance need no slow hash.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest

from service.domain.identities import Token, User
from service.domain.people import Caller, Role
from service.ledger import People
from service.people.chance import Drawn

DAYS, MOST_DAYS = 90, 365
"""How long a token lives: by itself, and at most."""

USE_NOTED_EVERY = timedelta(minutes=1)
_FORM = re.compile(r"qw_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")
_NOBODYS = sha256(b"no token has this digest").hexdigest()


class TokenRefused(StrEnum):
    """`INVALID` doesn't tell a slip of the pen, an unknown id and another secret apart."""

    INVALID = "invalid"
    EXPIRED = "expired"
    REVOKED = "revoked"


def text_of(made: Drawn) -> str:
    return f"qw_{made.id}_{made.secret}"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def authenticated(people: People, text: str, now: datetime) -> Caller | TokenRefused:
    """Who comes with the token `text`. Costs the same for ids known and unknown. Raises LedgerUnavailable."""
    form = _FORM.fullmatch(text)
    if form is None:
        return TokenRefused.INVALID
    with people.reading() as roster:
        found = roster.bearer(form[1])
    right = compare_digest(digest(text), found[0].digest if found else _NOBODYS)
    if found is None or not right:
        return TokenRefused.INVALID
    token, user = found
    refused = _refused(token, user, now)
    if refused is not None:
        return refused
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        with people.noting() as roster:
            roster.token_used(token.id, now)
    return Caller(user.id, user.name, lesser(token.role, user.role))


def _refused(token: Token, user: User, now: datetime) -> TokenRefused | None:
    if token.revoked_at is not None or not user.active:
        return TokenRefused.REVOKED
    return TokenRefused.EXPIRED if token.expires_at <= now else None


def lesser(one: Role, other: Role) -> Role:
    return other if one.covers(other) else one
