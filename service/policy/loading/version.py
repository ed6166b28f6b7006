"""The canonical content of a book and its version id: comments, formatting and every kind of order don't count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_BY_ID = ("rules", "guardrails", "options", "cases", "survivors")


def canonical(data: Mapping[str, Any]) -> bytes:
    """JSON of all files' data by file name, keys sorted, lists of things with ids in the order of their ids."""
    whole = {file: _sorted(content) for file, content in data.items()}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def version_id(content: bytes) -> str:
    return "sha256:" + sha256(content).hexdigest()


def _sorted(content: Any) -> Any:
    if not isinstance(content, dict):
        return content
    lists = {key: content[key] for key in _BY_ID if isinstance(content.get(key), list)}
    return {**content, **{key: sorted(items, key=lambda item: str(item["id"])) for key, items in lists.items()}}
