"""Who acts, and how far their word goes. Knows neither passwords nor tokens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In rising order: each may do what those before it may."""

    QUOTER = "quoter"  # asks for decisions, tells how quotes ended
    MANAGER = "manager"  # previews, drafts policy, overrides within limits
    FINANCE = "finance"  # audits, approves caps, credit and guardrails
    ADMIN = "admin"  # users and tokens

    def covers(self, needed: Role) -> bool:
        return _RANKS[self] >= _RANKS[needed]


_RANKS = {role: rank for rank, role in enumerate(Role)}


def strictest(roles: list[Role]) -> Role:
    """The one that covers all of them."""
    return max(roles, key=_RANKS.__getitem__)


@dataclass(frozen=True, slots=True)
class Caller:
    """`id`: what the record names, stable for ever. `known`: False while sign-in is off, when anyone may be asking:
    such a caller may look at everything, and nothing is done that somebody must answer for."""

    id: str
    name: str
    role: Role
    known: bool = True


ANYONE = Caller("anonymous", "anonymous", Role.ADMIN, known=False)
SYSTEM = Caller("system", "system", Role.ADMIN)
"""The service itself: it imports the book in its folder at start."""
