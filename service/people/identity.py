"""People whom a provider of identities vouches for: who they are here, and with which role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from service.domain.identities import SignIn, User
from service.domain.people import Caller, Role, strictest
from service.ledger import People, Roster
from service.people import events, names

PROVIDER = Caller("oidc", "the provider of identities", Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Identity:
    """`issuer` and `subject` together never mean anyone else. `offered`: a name, for people to read. `values`: of the
    claim that roles are read from."""

    issuer: str
    subject: str
    offered: str
    values: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.issuer} {self.subject}"


def role_of(values: Iterable[str], roles: Sequence[tuple[str, Role]]) -> Role | None:
    """The highest that any of the values gives."""
    given = [role for value, role in roles if value in set(values)]
    return strictest(given) if given else None


def admitted(people: People, identity: Identity, role: Role | None, user_id: str, now: datetime) -> User | None:
    """The user, made at the first sign-in, with the role that the provider's word gives today; None without a role and
    for a disabled user. The last active admin stays one, or nobody could let people in."""
    with people.changing() as roster:
        user = roster.user_of(identity.key)
        if role is None or (user and not user.active):
            event = events.NO_ROLE if role is None else events.DISABLED
            roster.note(_line(identity, event, user.id if user else None, now))
            return None
        if user is None:
            user = User(
                id=user_id, name=_free_name(roster, identity), role=role, subject=identity.key, created_at=now,
                created_by=PROVIDER.id,
            )  # fmt: skip
            roster.add_user(user)
            roster.note(events.about(user, f"added as {role}", PROVIDER, now))
        elif user.role is not role and not (user.role is Role.ADMIN and roster.admins() == 1):
            roster.change_user(user.id, role=role)
            roster.note(events.about(user, f"role {user.role} -> {role}", PROVIDER, now))
            user = replace(user, role=role)
        roster.note(_line(identity, events.SUCCESS, user.id, now))
    return user


def _line(identity: Identity, event: str, user_id: str | None, now: datetime) -> SignIn:
    name = names.digest(identity.key)
    return SignIn(at=now, event=event, name_digest=name, user_id=user_id, by=events.BY_PROVIDER)


def _free_name(roster: Roster, identity: Identity) -> str:
    """Never the name of a user whom somebody else may be: the name at the provider may be anyone's choice."""
    own = f"person-{sha256(identity.key.encode()).hexdigest()[:16]}"
    offered = names.from_provider(identity.offered)
    return offered if names.fits(offered) and roster.user_named(offered) is None else own
