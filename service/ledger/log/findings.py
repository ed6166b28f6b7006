"""What an examination of the log tells: findings, each with its place, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and explained in `docs/audit.md`; `place` is what an auditor looks for in the database."""

    code: str
    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code}: {self.why}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the proof has come: leaves and heads found right so far. `wordless`: those among the leaves whose record
    no longer holds its body, which was erased or isn't kept any more; that is no finding. `looked_at`: leaves, right or
    not."""

    leaves: int
    heads: int
    wordless: int = 0
    looked_at: int = 0


def findings(told: Iterable[Finding | Checked]) -> list[Finding]:
    return [one for one in told if isinstance(one, Finding)]


def span(first: int, end: int) -> str:
    """The places from `first` up to `end`, in words."""
    return f"log position {first}" if end - first == 1 else f"log positions {first} to {end - 1}"
