"""The template's cases that hold for a new book as they are worded. No amount is computed anew: a case stays or goes.

A case stays if the new book passes it and its working-out names no figure that has become another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from service.authoring.parts import Entry, Part
from service.authoring.reading import Source
from service.authoring.trying import Tried
from service.domain.facts import Type, Unit, Value
from service.domain.units import value_text
from service.policy.cases import Case
from service.policy.nodes import DECISION, HAS

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?: %)?")


def kept_cases(
    sources: Mapping[str, Source], before: Tried, after: Tried, home: str, currency: str
) -> dict[str, Source]:
    """`sources`: the template's files of cases, of which parts are taken. `home`: the template's currency."""
    kept: dict[str, Case] = {}
    stale = set(_changed_parameters(before, after))
    for case in before.cases:
        asked = replace(case, request={**case.request, "currency": currency})
        if case.request.get("currency") != home or not after.run(asked).passed:
            continue
        told = set(_NUMBER.findall(case.worked))
        if not told & stale and not told.intersection(_changed_values(case, asked, before, after)):
            kept[case.id] = case
    files = {}
    for file, source in sources.items():
        if root := _only(source.root, kept, home, currency, bool(stale)):
            files[file] = Source(root, source.header)
    return _with_used_requests(files)


def _changed_parameters(before: Tried, after: Tried) -> Iterator[str]:
    """The figures of old values."""
    for name, parameter in before.book.parameters.items():
        other = after.book.parameters.get(name)
        if other is None or other.values != parameter.values:
            for _, value in parameter.values:
                yield from _figures(parameter.type, value, before.book.currency)


def _changed_values(case: Case, asked: Case, before: Tried, after: Tried) -> Iterator[str]:
    """The figures of all that is worked out differently for this request, if only on the way."""
    types = {name: fact.type for name, fact in before.book.facts.items()}
    types |= {DECISION + slot.name: slot.type for slot in before.book.slots.values()}
    types |= {entry.name: entry.type for entry in before.book.computed}
    now = after.values(asked)
    for name, value in before.values(case).items():
        if not name.startswith(HAS) and name in types and now.get(name) != value:
            yield from _figures(types[name], value, before.book.currency)


def _figures(type: Type, value: Value, currency: str) -> Iterator[str]:
    if type.unit not in (Unit.BOOL, Unit.ENUM):
        yield from _NUMBER.findall(value_text(type, value, currency))


def _only(root: Part, kept: Mapping[str, Case], home: str, currency: str, changed: bool) -> Part | None:
    """The file's cases that are kept, and its requests; None if neither."""
    entries = []
    for entry in root.entries or []:
        below = entry.value.entries or []
        if entry.key == "cases":
            entry.value.entries = [case for case in below if case.value.at("id").scalar in kept]
        elif entry.key == "requests":
            for request in below:
                if changed or currency != home:
                    # What is said of a request's floor or price was worked out with other numbers.
                    request.leading = [line for line in request.leading if not line]
                _put_currency(request, home, currency)
        if entry.value.entries:
            entries.append(entry)
    return Part(entries=entries) if entries else None


def _put_currency(request: Entry, home: str, currency: str) -> None:
    for entry in request.value.entries or []:
        if entry.key == "currency" and entry.value.scalar == home:
            entry.value.scalar = currency


def _with_used_requests(files: dict[str, Source]) -> dict[str, Source]:
    """Without requests that no case asks, and without files that this leaves empty."""
    used = set()
    for source in files.values():
        for entry in source.root.entries or []:
            if entry.key == "cases":
                used |= {case.value.at("request").scalar for case in entry.value.entries or []}
    for source in files.values():
        for entry in source.root.entries or []:
            if entry.key == "requests":
                entry.value.entries = [request for request in entry.value.entries or [] if request.key in used]
        source.root.entries = [entry for entry in source.root.entries or [] if entry.value.entries]
    return {file: source for file, source in files.items() if source.root.entries}
