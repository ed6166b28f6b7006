"""Policies that decided once, opened again from what the ledger keeps of them. Knows no folder and no day."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from schemas.vocabulary import declarations
from service.governance.recorded import files_of
from service.matching.runtime import Policy
from service.policy.loader import load_book

MOST_OPEN = 4
"""Versions whose engines a process holds for looking back; what lies further back is opened when it is asked for."""


def recorded_versions(content: Callable[[str], bytes | None]) -> Callable[[str], Policy]:
    """From a version's id to its policy. `content`: what the ledger was given for it.

    Raises BookRefused for a version that the rules of the language don't allow any more.
    """

    @lru_cache(MOST_OPEN)
    def opened(version: str) -> Policy:
        kept = content(version)
        assert kept is not None, f"a decision names version {version}, and the ledger has lost it"
        return Policy(load_book(files_of(kept), declarations()))

    return opened
