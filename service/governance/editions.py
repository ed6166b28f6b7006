"""Stored versions as books: read from the ledger, held against their ids, loaded. Knows neither steps nor people."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from schemas.vocabulary import declarations
from service.governance.diff.books import Edition
from service.governance.recorded import files_of
from service.ledger import PolicyRegister
from service.policy.cases import load_cases
from service.policy.findings import BookRefused
from service.policy.loader import load_book
from service.policy.loading.version import version_id

MOST_KEPT = 4
"""Loaded books that are held for the next question about them."""


class Unusable(Exception):
    """A stored version that must not decide: it isn't what its id says, or this service can't load it."""

    def __init__(self, version: str, reason: str) -> None:
        self.version, self.reason = version, reason
        super().__init__(f"the policy version {version} can't be used: {reason}")


def stored_files(register: PolicyRegister, version: str) -> Mapping[str, bytes]:
    """The files of a version, by its content. Raises Unusable, LedgerUnavailable."""
    stored = register.version(version)
    if stored is None:
        raise Unusable(version, "the ledger doesn't hold it")
    # SQLite gives back whatever type somebody put there.
    if not isinstance(stored.content, bytes) or version_id(stored.content) != version:
        raise Unusable(version, "its content isn't what its id says: somebody changed it in the database")
    return files_of(stored.content)


class Editions:
    """Safe for threads."""

    def __init__(self, register: PolicyRegister) -> None:
        self._register = register
        self._kept: OrderedDict[str, Edition] = OrderedDict()
        self._lock = Lock()

    def of(self, version: str) -> Edition:
        """Raises Unusable, LedgerUnavailable."""
        with self._lock:
            if version in self._kept:
                self._kept.move_to_end(version)
                return self._kept[version]
        edition = loaded(version, stored_files(self._register, version))
        with self._lock:
            self._kept[version] = edition
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return edition


def loaded(version: str, files: Mapping[str, bytes]) -> Edition:
    """Raises Unusable."""
    try:
        return Edition(load_book(files, declarations()), load_cases(files))
    except BookRefused as refused:
        raise Unusable(version, f"this service refuses it: {refused.findings[0]}") from refused
