"""Users, their tokens and their sessions, as they are kept: digests and hashes, never what they were made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from service.domain.people import Caller, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`password`: argon2's encoded hash, None for whoever signs in elsewhere or only has tokens. `subject`: who a
    provider of identities says it is."""

    id: str
    name: str
    role: Role
    created_at: datetime
    created_by: str
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    disabled_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.disabled_at is None

    def caller(self) -> Caller:
        return Caller(self.id, self.name, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`digest`: of the token's whole text. `role`: the most that it may; less once its user may less."""

    id: str
    user_id: str
    digest: str = field(repr=False)
    label: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`expires_at`: however busy it is; it ends sooner when nobody was `seen_at` it for long."""

    digest: str = field(repr=False)
    user_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A line of the record of who came in, tried to, or was given or refused something.

    `name_digest`: of the name as typed, which may be a password in the wrong field. `by`: the door, or whoever acted.
    """

    at: datetime
    event: str
    name_digest: str
    user_id: str | None
    by: str
