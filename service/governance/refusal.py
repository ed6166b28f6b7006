"""An expected no to a step in the life of a version: a value, with a stable code and what to do instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    ABSENT = "absent"  # there is no such thing
    AUTHORITY = "authority"  # somebody else may
    CONFLICT = "conflict"  # nobody may, as things stand


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is explained in `docs/errors.md`; `reason` says what stands against it and what to do."""

    why: Why
    code: str
    reason: str
