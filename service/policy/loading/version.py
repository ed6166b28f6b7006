"""The canonical content of a book and its version id: comments, formatting and every kind of order don't count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from service.policy.csv_text import Sheet
from service.policy.loading.grids import ORDERED

_BY_ID = ("rules", "tables", "guardrails", "options", "cases", "survivors")


def canonical(data: Mapping[str, Any], sheets: Mapping[str, Sheet] | None = None) -> bytes:
    """JSON of all files' data by file name, keys sorted, lists of things with ids in the order of their ids.

    Rows of a table are sorted where their order isn't meant, those of its CSV file too.
    """
    whole = {file: _sorted(content) for file, content in data.items()}
    tables = [table for content in data.values() if isinstance(content, dict) for table in content.get("tables") or ()]
    ordered = {table.get("csv") for table in tables if table["hit"] in ORDERED}
    for file, sheet in (sheets or {}).items():
        header, *rows = [list(line.cells) for line in sheet.lines]
        whole[file] = [header, *(rows if file in ordered else sorted(rows))]
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def version_id(content: bytes) -> str:
    return "sha256:" + sha256(content).hexdigest()


def _sorted(content: Any) -> Any:
    if not isinstance(content, dict):
        return content
    if isinstance(approval := content.get("approval"), dict) and isinstance(approval.get("lines"), list):
        content = {**content, "approval": {**approval, "lines": _by_id(approval["lines"])}}
    lists = {key: content[key] for key in _BY_ID if isinstance(content.get(key), list)}
    if "tables" in lists:
        lists["tables"] = [_without_order(table) for table in lists["tables"]]
    return {**content, **{key: _by_id(items) for key, items in lists.items()}}


def _by_id(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: str(item["id"]))


def _without_order(table: dict[str, Any]) -> dict[str, Any]:
    if table["hit"] in ORDERED or "rows" not in table:
        return table
    return {**table, "rows": sorted(table["rows"], key=json.dumps)}
