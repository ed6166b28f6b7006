"""messages/<language>.yaml: every text that the layout needs, with placeholders that are safe to show a client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set

from service.domain.effects import Slot
from service.policy.findings import Place
from service.policy.loading.report import Report
from service.policy.loading.templates import BRACES
from service.policy.nodes import PARAMETER
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document, Path

FOLDER = "messages/"
LANGUAGE = re.compile(r"messages/([a-z]{2,3}(?:-[A-Z]{2})?)\.yaml")

TEXTS = {
    "greeting.named": "name",
    "greeting.unnamed": "",
    "summary.range": "title low high",
    "summary.fixed": "title fixed",
    "summary.needs_details": "",
    "summary.decline.general": "",
    "breakdown.line": "description amount",
    "breakdown.performer": "description performer amount",
    "option.range": "title low high",
    "option.fixed": "title fixed",
    "option.recommended": "option",
    "includes.line": "item",
    "includes.format": "description format",
    "includes.extra": "description",
    "terms.prepayment_full": "amount",
    "terms.prepayment": "percent amount",
    "terms.milestone": "name amount date",
    "terms.credit": "days limit",
    "terms.instalments": "count",
    "terms.ways": "ways",
    "terms.valid_until": "date",
    "milestone.prepayment": "",
    "milestone.stage": "number",
    "milestone.final": "",
    "concession.discount": "amount date price",
    "concession.bonus": "amount date",
    "concession.compensation": "amount",
    "condition.sign_by": "date",
    "open_details": "details",
    "answer.pending": "",
    "next_step.quote": "",
    "next_step.needs_details": "",
    "next_step.decline": "",
}
"""Key -> the placeholders that it may use, each of which the layout fills."""

MEMBERS = {
    "declined_for": "summary.decline.",
    "ways_to_pay": "way.",
    "clauses": "clause.",
    "notes": "note.",
    "advice": "advice.",
}
"""Slot -> prefix of the texts that its members need."""

NONE = "none"
"""A member with this name says that there is nothing to tell."""


def wanted_texts(slots: Mapping[str, Slot], options: Set[str]) -> dict[str, frozenset[str]]:
    wanted = {key: frozenset(names.split()) for key, names in TEXTS.items()}
    for slot, prefix in MEMBERS.items():
        if slot in slots:
            wanted.update((prefix + member, frozenset()) for member in slots[slot].type.values if member != NONE)
    wanted.update((f"option.{option}.title", frozenset()) for option in options)
    return wanted


def read_messages(
    report: Report, documents: Mapping[str, Document], wanted: Mapping[str, frozenset[str]], shown: Set[str]
) -> dict[str, dict[str, str]]:
    """Language -> key -> text. `shown`: the parameters that a client may be shown."""
    messages = {}
    for file, document in sorted(documents.items()):
        match = LANGUAGE.fullmatch(file)
        if match is None:
            hint = "messages/en.yaml"
            report.add(Place(file, 1, 1), "unknown-file", "a file of wording is named after its language", hint)
            continue
        texts = {}
        for path, text in _flat(report, document, document.data, ()):
            key = ".".join(map(str, path))
            texts[key] = text
            _placeholders(report, document.place(*path), key, text, wanted.get(key, frozenset()), shown)
        for key in sorted(wanted.keys() - texts.keys()):
            hint = "it may use " + ", ".join(f"{{{name}}}" for name in sorted(wanted[key])) if wanted[key] else ""
            report.add(Place(file, 1, 1), "missing-message", f"no text '{key}'", hint, key)
        messages[match.group(1)] = texts
    if not documents:
        hint = "messages/en.yaml"
        report.add(Place("book.yaml", 1, 1), "missing-file", "the book has no wording in any language", hint)
    return messages


def _flat(report: Report, document: Document, data: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict):
        for key, below in data.items():
            yield from _flat(report, document, below, (*path, key))
    elif isinstance(data, str) and path:
        yield path, data
    else:
        report.add(document.place(*path), "wrong-value", "wording is text", "quote it", ".".join(map(str, path)))


def _placeholders(report: Report, place: Place, key: str, text: str, fitting: frozenset[str], shown: Set[str]) -> None:
    allowed = fitting | {PARAMETER + name for name in shown}
    for match in BRACES.finditer(text):
        name = match.group(1)
        if name is None:
            report.add(place, "unknown-placeholder", "a brace stands alone", "{name} shows a value", key)
        elif name not in allowed:
            hint = nearest(name, allowed)
            if name.startswith(PARAMETER):
                hint = hint or "a parameter that clients may see says client: true"
            report.add(place, "unknown-placeholder", f"nothing fills {{{name}}} here", hint, key)
