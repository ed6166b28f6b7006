"""The JSON Schema of messages/<language>.yaml: every text that an answer can need, and what may be filled in."""

from __future__ import annotations

from collections.abc import Iterable

from service.reference.json_schema import Json
from service.reference.names import Names

PARAMETER = r"params\.[a-z][a-z0-9_]*"
OTHER: Json = {"$ref": "#/$defs/wording"}


def wording_file(names: Names) -> Json:
    return {
        "type": "object",
        "description": "What clients read, in one language.",
        "properties": _texts(names),
        "additionalProperties": OTHER,
        # Keys may also be written with dots; what is there then only the loader sees.
        "if": {"propertyNames": {"pattern": r"^[^.]*$"}},
        "then": _required(tuple(key.split(".")) for key in names.texts),
        "$defs": {"wording": {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": OTHER}]}},
    }


def _texts(names: Names) -> Json:
    """Keys nested as in the file, each text with the placeholders that something fills."""
    top: Json = {}
    for key, placeholders in names.texts.items():
        *path, last = key.split(".")
        below = top
        for step in path:
            branch = below.setdefault(step, {"type": "object", "properties": {}, "additionalProperties": OTHER})
            below = branch["properties"]
        below[last] = _text(placeholders)
    return top


def _text(placeholders: frozenset[str]) -> Json:
    fitting = sorted(placeholders)
    told = f"It may use {', '.join(f'{{{name}}}' for name in fitting)}." if fitting else "It has no placeholders."
    filled = "|".join((*fitting, PARAMETER))
    return {"type": "string", "description": told, "pattern": rf"^([^{{}}]|\{{({filled})\}})*$"}


def _required(paths: Iterable[tuple[str, ...]]) -> Json:
    below: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in paths:
        below.setdefault(first, []).extend([tuple(rest)] if rest else [])
    nested = {name: _required(rests) for name, rests in below.items() if rests}
    return {"required": sorted(below), **({"properties": nested} if nested else {})}
