"""The well-formed items of all policy files, gathered by kind: rules, derived facts, formulas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.book import NAME_LENGTH, DerivedSchema, FormulaSchema, PolicySchema, RuleSchema, TableSchema
from service.policy.loading.header import Header
from service.policy.loading.report import Item, Report
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document

_POLICY, _RULE, _TABLE = PolicySchema(), RuleSchema(), TableSchema()
_DERIVED, _FORMULA = DerivedSchema(), FormulaSchema()


@dataclass(slots=True)
class PolicyItems:
    """`rules`, `tables`: with the stage of their file, which is None where it has no stage that the book knows."""

    rules: list[tuple[str | None, Item]] = field(default_factory=list)
    tables: list[tuple[str | None, Item]] = field(default_factory=list)
    derived: list[Item] = field(default_factory=list)
    formulas: list[Item] = field(default_factory=list)


def read_policy_files(report: Report, documents: Iterable[Document], header: Header) -> PolicyItems:
    items = PolicyItems()
    for document in documents:
        data = report.whole(_POLICY, document)
        if data.get("rules") or data.get("tables"):
            stage = _stage(report, document, data.get("stage"), header)
            items.rules += [(stage, item) for item in report.items(_RULE, document, "rules", data)]
            items.tables += [(stage, item) for item in report.items(_TABLE, document, "tables", data)]
        items.derived += report.items(_DERIVED, document, "derive", data)
        items.formulas += report.items(_FORMULA, document, "formulas", data)
    items.rules.sort(key=lambda pair: (-pair[1].fields["priority"], pair[1].name, pair[1].place()))
    return items


def _stage(report: Report, document: Document, stage: str | None, header: Header) -> str | None:
    if stage is None:
        report.add(document.place(), "missing-field", "'stage' is missing: its rules belong to none")
    elif stage not in header.stages:
        hint = nearest(stage, header.stages) or f"stages are {', '.join(header.stages)}"
        report.add(document.place("stage"), "unknown-stage", f"the book has no stage '{stage}'", hint)
    return stage if stage in header.stages else None


def check_ids(report: Report, items: Iterable[Item], what: str) -> None:
    """Every id once in the book, and short enough for the engine."""
    seen: dict[str, Item] = {}
    for item in sorted(items, key=lambda item: item.place()):
        if item.name in seen:
            first = seen[item.name].place("id")
            report.add(item.place("id"), "duplicate-id", f"{what} '{item.name}' stands at {first} already",
                       "give one of the two another id", item.name)  # fmt: skip
        seen.setdefault(item.name, item)
        if len(item.name) > NAME_LENGTH:
            report.add(item.place("id"), "engine-limit", f"an id may have {NAME_LENGTH} characters", subject=item.name)
