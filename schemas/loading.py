"""From the bytes of a body to what a schema makes of them, with every finding at once. Knows no one schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError

from schemas import json_text
from schemas.findings import Finding, Invalid, placed
from schemas.shapes import Strict

Across = Callable[[Mapping[str, Any]], Iterable[Finding]]
"""What must hold between fields; of those that were refused, which are missing, it says nothing."""


def load_members(schema: Strict, raw: bytes, across: Across | None = None) -> dict[str, Any]:
    """The fields, as read. Raises `Invalid`; at one place in the text it tells the first finding only."""
    text = json_text.parse(raw)
    if text.unreadable:
        raise Invalid(text.findings)
    found = {finding.pointer: finding for finding in text.findings}
    try:
        members: dict[str, Any] = schema.load(text.value)
    except ValidationError as error:
        members = error.valid_data if isinstance(error.valid_data, dict) else {}
        for finding in placed(error.messages):
            found.setdefault(finding.pointer, finding)
    for finding in across(members) if across else ():
        found.setdefault(finding.pointer, finding)
    if found:
        raise Invalid(found.values())
    return members


def load_body(schema: Strict, raw: bytes) -> Any:
    """What the schema builds. Raises `Invalid`."""
    return schema.builds(**load_members(schema, raw))
