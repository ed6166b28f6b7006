"""cases/*.yaml: example requests with the answers worked out by hand. Knows no evaluation: it reads and compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from schemas.book import CaseSchema, CasesSchema, SurvivorSchema
from service.policy.findings import BookRefused, Place
from service.policy.loading.policy_files import check_ids
from service.policy.loading.report import Item, Report
from service.policy.loading.sources import CASES
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document, parse

_FILE, _CASE, _SURVIVOR = CasesSchema(), CaseSchema(), SurvivorSchema()


@dataclass(frozen=True, slots=True)
class Case:
    """`edge`: whether the practice applies or stops just outside it. `rules` must have fired, `not_rules` must not."""

    id: str
    practice: str
    edge: str
    request: Mapping[str, Any]
    expect: Mapping[str, Any]
    rules: tuple[str, ...]
    not_rules: tuple[str, ...]
    worked: str
    place: Place


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change of the book that no case can notice, by its id, and the reason."""

    id: str
    reason: str
    place: Place


def load_cases(files: Mapping[str, bytes]) -> tuple[Case, ...]:
    """In the order of their ids. Raises BookRefused."""
    report = Report()
    cases = read_cases(report, _documents(report, files))
    if report.findings:
        raise BookRefused(report.findings)
    return cases


def load_survivors(files: Mapping[str, bytes]) -> tuple[Survivor, ...]:
    """In the order of their ids. Raises BookRefused."""
    report = Report()
    items: list[Item] = []
    for document in _documents(report, files):
        items += _survivors(report, document, report.whole(_FILE, document))
    if report.findings:
        raise BookRefused(report.findings)
    survivors = (Survivor(item.name, item.fields["reason"], item.place()) for item in items)
    return tuple(sorted(survivors, key=lambda survivor: survivor.id))


def _survivors(report: Report, document: Document, data: Mapping[str, Any]) -> list[Item]:
    items = list(report.items(_SURVIVOR, document, "survivors", data))
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            report.add(item.place("id"), "duplicate-id", "this survivor is explained already", subject=item.name)
        seen.add(item.name)
    return items


def _documents(report: Report, files: Mapping[str, bytes]) -> list[Document]:
    documents = []
    for file in sorted(file for file in files if file.startswith(CASES)):
        document, findings = parse(file, files[file])
        report.findings += findings
        documents += [document] if document else []
    return documents


def read_cases(report: Report, documents: Iterable[Document]) -> tuple[Case, ...]:
    """A request of one file is known in all of them."""
    requests: dict[str, Any] = {}
    items: list[Item] = []
    for document in documents:
        data = report.whole(_FILE, document)
        for name, request in (data.get("requests") or {}).items():
            if name in requests:
                place = document.key_place("requests", name)
                report.add(place, "duplicate-id", f"request '{name}' stands in another file", subject=name)
            elif not isinstance(request, dict):
                place = document.place("requests", name)
                report.add(place, "wrong-value", "a request is a mapping of keys to values", subject=name)
            requests[name] = request
        items += report.items(_CASE, document, "cases", data)
        _survivors(report, document, data)
    check_ids(report, items, "case")
    cases = []
    for item in items:
        if item.fields["request"] not in requests:
            hint = nearest(item.fields["request"], requests)
            message = f"no request '{item.fields['request']}'"
            report.add(item.place("request"), "unknown-request", message, hint, item.name)
            continue
        cases.append(_case(item, requests[item.fields["request"]]))
    return tuple(sorted(cases, key=lambda case: case.id))


def check_rule_names(report: Report, cases: Iterable[Case], rules: Set[str]) -> None:
    for case in cases:
        for name in sorted({*case.rules, *case.not_rules} - rules):
            hint = nearest(name, rules)
            report.add(case.place, "unknown-rule", f"the book has no rule '{name}'", hint, case.id)


def _case(item: Item, request: object) -> Case:
    fields = item.fields
    return Case(
        id=item.name,
        practice=fields["practice"],
        edge=fields["edge"],
        request=merged(request, fields["change"]),
        expect=fields["expect"],
        rules=tuple(fields["rules"]),
        not_rules=tuple(fields["not_rules"]),
        worked=fields["worked"],
        place=item.place(),
    )


def merged(base: object, change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `change` laid over it: mappings merge key by key, null deletes, all else replaces (RFC 7386)."""
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value) if isinstance(value, dict) else value
    return result
