"""What a diff of two books says: one entry for each thing that is not the same in both. Knows no books."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.policy.subjects import Subject as Subject


class Kind(StrEnum):
    """`RENAMED`: the same under another name. `MOVED`: the same in another stage, file or place of its table.

    What is renamed and changed at once counts as renamed, what is moved and changed as changed; the details tell all.
    """

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Detail:
    """One aspect (`condition`, `effect markup`, `from 2026-01-01`) as written; None where a side doesn't have it."""

    aspect: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """`name`: in the later book, of what is gone in the earlier. `was`: its earlier name, where that differs."""

    subject: Subject
    name: str
    kind: Kind
    details: tuple[Detail, ...] = ()
    was: str = ""


@dataclass(frozen=True, slots=True)
class BookDiff:
    """`versions`: the version ids before and after. They may differ without any change of meaning: by an expression
    written otherwise, say."""

    names: tuple[str, str]
    versions: tuple[str, str]
    changes: tuple[Change, ...]
