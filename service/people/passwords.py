"""Passwords: argon2id by argon2-cffi. Holds none longer than it takes to look at it."""

from __future__ import annotations

from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.people.refusals import PeopleRefusal, weak_password

SHORTEST, LONGEST = 12, 200
_MEMORY_KIB, _PASSES = 19_456, 3
"""OWASP's least memory with one pass more than it asks for: about 30 ms, and 19 MiB while it lasts."""

_AT_ONCE = 2
"""Of one process: whoever tries passwords from many addresses must not take all its memory."""

NOBODYS = "a password that nobody has"


class Passwords:
    """Makes and compares hashes. A comparison costs the same whether there is a hash to compare with or not."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._turns = BoundedSemaphore(_AT_ONCE)

    def hashed(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(password)

    def fit(self, encoded: str | None, password: str) -> bool:
        """`encoded`: None where there is no such user, or it has no password."""
        instead = self._of_nobody
        try:
            with self._turns:
                fits = self._hasher.verify(encoded or instead, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return fits and encoded is not None

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash(NOBODYS)

    def outdated(self, encoded: str) -> bool:
        """Whether it was made at another cost than hashes are made now."""
        return self._hasher.check_needs_rehash(encoded)


def weakness(password: str, name: str) -> PeopleRefusal | None:
    if not SHORTEST <= len(password) <= LONGEST:
        return weak_password(f"A password has {SHORTEST} to {LONGEST} characters; a few words in a row do well.")
    if len(set(password)) < 5:
        return weak_password("The password repeats a few characters; a few words in a row do well.")
    if name and name in password.lower():
        return weak_password("The password holds the user's name; a few words in a row do well.")
    return None
