"""Collects findings while a book is read, and checks the shape of its items. Knows no part of a book in particular."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

from service.policy.findings import Finding, Place
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document, Path

_MISSING = "Missing data for required field."
_UNKNOWN = "Unknown field."
_TOLD = {
    "Field may not be null.": ("nothing stands here", "give it a value, or delete it"),
    "Not a valid list.": ("a list is wanted", "[...], or one item a line, each after `- `"),
    "Not a valid mapping type.": ("keys and values are wanted", "{key: value}, or one a line"),
    "Not a valid string.": ("text is wanted", "put it in quotes"),
    "Not a valid integer.": ("a whole number is wanted", "digits alone, without quotes"),
    "Not a valid boolean.": ("yes or no is wanted", "true or false, without quotes"),
}
"""What a schema says by itself, as an author would have it said."""
_STAND_INS = {"practice": "", "meaning": "", "reason": "", "worked": "", "priority": 0, "client": False}
"""Fields without which the rest of an item can still be read, for its findings."""
_CONSEQUENCES = frozenset(
    {"unknown-name", "unknown-placeholder", "unknown-rule", "missing-formula", "missing-message", "missing-file"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """One checked mapping of a file: a rule, a parameter, an effect. `document`: the file from that mapping on."""

    document: Document
    name: str
    fields: Mapping[str, Any]

    def place(self, *path: str | int) -> Place:
        return self.document.place(*path)

    def key_place(self, *path: str | int) -> Place:
        return self.document.key_place(*path)

    def text(self, *path: str | int) -> tuple[str, Place]:
        """An expression's source and where it begins."""
        value: Any = self.fields
        for step in path:
            value = value[step]
        return self.document.text(value, *path)


@dataclass(slots=True)
class Report:
    findings: list[Finding] = field(default_factory=list)

    def add(self, place: Place, code: str, message: str, suggestion: str = "", subject: str = "") -> None:
        self.findings.append(Finding(place, code, message, suggestion, subject))

    def drop_consequences(self) -> None:
        """Without what only says that a file which couldn't be read is missed elsewhere."""
        self.findings = [finding for finding in self.findings if finding.code not in _CONSEQUENCES]

    def whole(self, schema: Schema, document: Document) -> dict[str, Any]:
        """A file's top level; the fields that are right where some are wrong."""
        if not isinstance(document.data, dict):
            self.add(document.place(), "wrong-value", "a file of a book holds keys and values")
            return {}
        return self._loaded(schema, document, (), "", document.data)[0]

    def items(self, schema: Schema, document: Document, key: str, data: Mapping[str, Any]) -> Iterator[Item]:
        """The readable items under `key`: of a mapping by name, of a list by index."""
        held = data.get(key) or ()
        for step, value in held.items() if isinstance(held, dict) else enumerate(held):
            path = (key, step)
            name = step if isinstance(step, str) else ""
            if not isinstance(value, dict):
                self.add(document.place(*path), "wrong-value", "this is not a mapping of keys to values", subject=name)
                continue
            subject = name or str(value.get("id", ""))
            fields, right = self._loaded(schema, document, path, subject, value)
            if right:
                yield Item(document.below(value, *path), subject, fields)

    def _loaded(
        self, schema: Schema, document: Document, path: Path, subject: str, value: dict[str, Any]
    ) -> tuple[dict[str, Any], bool]:
        try:
            loaded: dict[str, Any] = schema.load(value)
            return loaded, True
        except ValidationError as error:
            messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
            for at, message in _flat(messages, path):
                self._shape(schema, document, at, message, subject)
            right = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
            fields = {**{key: _STAND_INS[key] for key in _STAND_INS.keys() & schema.fields.keys()}, **right}
            return fields, fields.keys() >= schema.fields.keys()

    def _shape(self, schema: Schema, document: Document, path: Path, message: str, subject: str) -> None:
        name = str(path[-1])
        if message == _MISSING:
            self.add(document.place(*path[:-1]), "missing-field", f"'{name}' is missing", subject=subject)
        elif message == _UNKNOWN:
            self.add(document.key_place(*path), "unknown-field", f"'{name}' is not a field here",
                     nearest(name, schema.fields), subject)  # fmt: skip
        else:
            told, hint = _TOLD.get(message, (message, ""))
            self.add(document.place(*path), "wrong-value", f"{name}: {told}", hint, subject)


def _flat(messages: Mapping[Any, Any], path: Path) -> Iterator[tuple[Path, str]]:
    for key, below in messages.items():
        if isinstance(below, dict):
            yield from _flat(below, (*path, key))
        else:
            yield from (((*path, key), str(message)) for message in below)
