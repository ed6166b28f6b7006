"""What goes with an export, so that nobody need believe it is whole: how many, which, of what, and its hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Tally:
    """What a manifest counts while the export runs. `wordless`: rows whose words were erased or no longer kept."""

    format: str
    filters: Mapping[str, str]
    checkpoint: str | None
    exported_at: datetime
    rows: int = 0
    wordless: int = 0
    size: int = 0
    _hash: Any = field(default_factory=sha256)

    def counted(self, rows: Iterable[T], kept: Any) -> Iterator[T]:
        """`kept`: whether a row has its words."""
        for row in rows:
            self.rows += 1
            self.wordless += not kept(row)
            yield row

    def hashed(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._hash.update(block)
            self.size += len(block)
            yield block

    def manifest(self) -> dict[str, Any]:
        """When all has gone out. `checkpoint`: the newest signed head as the export began."""
        return {
            "format": self.format,
            "exported_at": self.exported_at.astimezone(UTC).isoformat(),
            "filters": dict(self.filters),
            "rows": self.rows,
            "wordless": self.wordless,
            "bytes": self.size,
            "sha256": self._hash.hexdigest(),
            "checkpoint": self.checkpoint,
        }
