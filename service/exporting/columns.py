"""The columns of an export, the same in every format. Amounts in minor units, moments in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from service.ledger.search import Found

Cell = str | int | bool | None
COLUMNS: dict[str, type] = {
    "decision_id": str, "recorded_at": str, "caller": str, "book": str, "version": str, "as_of": str, "outcome": str,
    "client_id": str, "currency": str, "target": int, "rules": str, "overridden": bool, "result": str,
    "answer_digest": str, "position": int, "kept": bool,
}  # fmt: skip
"""Name to type of cell; any may be absent."""


def cells(found: Found) -> Iterator[Cell]:
    """In the order of `COLUMNS`."""
    for name in COLUMNS:
        value = getattr(found, name)
        match value:
            case datetime():
                yield value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            case tuple():
                yield " ".join(value)
            case str() | bool() | int() | None:
                yield value
            case _:
                yield value.isoformat()
