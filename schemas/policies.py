"""The bodies of /policies: drafts as files, notes, effective days. Knows neither books nor the life of a version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from schemas.fields import Day, Described, Text, json_name, refusal
from schemas.findings import Fault
from schemas.shapes import Strict

LONGEST_NOTE = 2_000
MOST_FILES = 1_000
_FILE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*\.(?:yaml|csv)")


class Files(fields.Dict, Described):
    """The files of a book: names to texts."""

    def __init__(self, meaning: str) -> None:
        wanted = 'an object of texts by file name, such as {"book.yaml": "..."}'
        super().__init__(**self.options(meaning, wanted, None, False, {"additionalProperties": {"type": "string"}}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if type(value) is not dict:
            raise refusal("wrong-type", f"{json_name(value)} where an object is wanted.", "Give an object.")
        if len(value) > MOST_FILES:
            raise refusal("too-many", f"The book has {len(value)} files.", f"Give at most {MOST_FILES}.")
        wrong = {name: [fault] for name, text in value.items() if (fault := _fault(name, text))}
        if wrong:
            raise ValidationError(wrong)
        return dict(value)


def _fault(name: str, text: object) -> Fault | None:
    if not _FILE.fullmatch(name) or len(name) > 200:
        return Fault("bad-file-name", "A book has no file of this name.", "Name it as in accept.yaml or cases/a.yaml.")
    if type(text) is not str:
        return Fault("wrong-type", f"{json_name(text)} as a file.", "Give the file's text.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return Fault("control-character", "The text holds half a surrogate.", "Give text that UTF-8 can write.")
    return None


@dataclass(frozen=True, slots=True)
class Draft:
    """`parent`: None for the version in force."""

    files: Mapping[str, str]
    note: str
    parent: str | None

    def encoded(self) -> dict[str, bytes]:
        return {name: text.encode() for name, text in self.files.items()}


@dataclass(frozen=True, slots=True)
class Noted:
    note: str


@dataclass(frozen=True, slots=True)
class Effective:
    """`effective_from`: None for today."""

    note: str
    effective_from: date | None


def _note(meaning: str, needed: bool) -> Text:
    return Text(meaning, longest=LONGEST_NOTE, default=None if needed else "")


class DraftSchema(Strict):
    builds = Draft
    files = Files("The files of the book, whole.")
    note = _note("Why the policy should change.", needed=True)
    parent = Text("The version that this was made from; the one in force, if left out.", longest=100, optional=True)


class NoteSchema(Strict):
    builds = Noted
    note = _note("What there is to say.", needed=False)


class WhySchema(Strict):
    builds = Noted
    note = _note("Why.", needed=True)


class ReleaseSchema(Strict):
    builds = Effective
    note = _note("What there is to say.", needed=False)
    effective_from = Day("The first day that it decides; today, if left out.", optional=True)


class RollBackSchema(Strict):
    builds = Effective
    note = _note("Why.", needed=True)
    effective_from = Day("The first day that it decides again; today, if left out.", optional=True)
