"""What can happen to a version of a policy, as it is recorded: who did it, when, why. Knows no books and no tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    DRAFTED = "drafted"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"
    IMPORTED = "imported"
    ROLLED_BACK = "rolled-back"
    WITHDRAWN = "withdrawn"


IN_FORCE_BY = frozenset({Kind.RELEASED, Kind.IMPORTED, Kind.ROLLED_BACK})
"""Steps that put a version in force, each from a day of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`number` rises over all books, and `at` with it. `role`: the one that `by` acted in.

    `effective_from`: of steps that put a version in force. `withdraws`: the number of the release taken back.
    `details`: what was found or required then, as plain JSON.
    """

    number: int
    book: str
    version: str
    kind: Kind
    at: datetime
    by: str
    role: str
    note: str
    effective_from: date | None = None
    withdraws: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
