"""Names of users, in the one form in which they are kept and compared."""

from __future__ import annotations

import re
from hashlib import sha256

LONGEST = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_RESERVED = frozenset({"system", "anonymous"})
"""The record names nobody by these."""


def kept(typed: str) -> str:
    """As typed, without the spaces around it and in small letters."""
    return typed.strip().lower()


def fits(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name not in _RESERVED


def digest(typed: str) -> str:
    """Stands for a name in the record of sign-ins; of any text at all."""
    return sha256(kept(typed).encode("utf-8", "surrogatepass")).hexdigest()


def from_provider(offered: str) -> str:
    """The name nearest to what a provider of identities calls a person; "" where nothing of it is left."""
    return re.sub(r"[^a-z0-9._@+-]+", "-", kept(offered)).lstrip("._@+-")[:LONGEST].rstrip("-")
