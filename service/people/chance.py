"""What nobody may guess, drawn from the operating system. Nothing else in this room draws anything."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Drawn:
    """`id` may be seen by everyone, `secret` (256 bits) by its owner alone, once."""

    id: str
    secret: str = field(repr=False)


def drawn() -> Drawn:
    return Drawn(secrets.token_hex(8), secrets.token_urlsafe(32))
