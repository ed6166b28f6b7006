"""governance.yaml: whose word a change of the book wants, and how far whom may override decisions (practice D10).

Knows roles and what of a book can change by which names; approves and overrides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from schemas.governance import (
    ApprovalLineSchema,
    ApprovalSchema,
    GovernanceSchema,
    OverrideLimitSchema,
    OverridesSchema,
)
from service.domain.authority import OVERRIDE_OUTCOMES, ApprovalLine, ApprovalMatrix, Governance, OverrideLimit
from service.domain.facts import DAYS, PERCENT, Type
from service.domain.people import Role
from service.policy.findings import Place
from service.policy.loading.amounts import amount
from service.policy.loading.policy_files import check_ids
from service.policy.loading.report import Item, Report
from service.policy.subjects import Subject
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document

_FILE, _APPROVAL, _LINE = GovernanceSchema(), ApprovalSchema(), ApprovalLineSchema()
_OVERRIDES, _LIMIT = OverridesSchema(), OverrideLimitSchema()

DEFAULT = "default"
"""What a diff calls the role for all that no line is about, so no line has this id."""

DECIDING_ROLES = tuple(role for role in Role if role.covers(Role.MANAGER))
"""Those who may approve and override at all."""

_MOST_MOVE = 100_000
MOST: dict[str, tuple[Type, int]] = {
    "price_down": (PERCENT, 10_000),
    "price_up": (PERCENT, _MOST_MOVE),
    "prepayment_down": (PERCENT, 10_000),
    "credit_days": (DAYS, 365),
}
"""The unit of each limit, and the most that it may be."""

Names = Mapping[Subject, Collection[str]]
"""What of a book goes by which names, in the words of a diff."""


def read_governance(
    report: Report, document: Document, names: Names, effects: Collection[str], currency: str
) -> Governance:
    """The strictest of all where there is no such file. `effects`: those that rules may write."""
    data = report.whole(_FILE, document)
    approval = _matrix(report, document.below(data.get("approval", {}), "approval"), names, effects, currency)
    overrides = document.below(data.get("overrides", {}), "overrides")
    told = report.whole(_OVERRIDES, overrides)
    return Governance(approval, _limits(report, overrides, told, currency), _reasons(report, overrides, told))


def _matrix(
    report: Report, document: Document, names: Names, effects: Collection[str], currency: str
) -> ApprovalMatrix:
    data = report.whole(_APPROVAL, document)
    default = _role(report, data.get("default", Role.FINANCE), document.place("default"), DEFAULT)
    items = list(report.items(_LINE, document, "lines", data))
    check_ids(report, items, "approval line")
    lines = [_line(report, item, names, effects, currency) for item in items]
    return ApprovalMatrix(tuple(sorted(lines, key=lambda line: line.id)), default)


def _line(report: Report, item: Item, names: Names, effects: Collection[str], currency: str) -> ApprovalLine:
    fields = item.fields
    if item.name == DEFAULT:
        report.add(item.place("id"), "wrong-value", f"no line is called '{DEFAULT}'", "it stands beside the lines",
                   item.name)  # fmt: skip
    subjects = tuple(_members(report, item, "subjects", list(Subject), "something of a book that changes"))
    known = {name for subject in subjects or Subject for name in names.get(Subject(subject), ())}
    for index, name in enumerate(fields["names"]):
        if name not in known:
            what = " or ".join(subjects) or "thing that changes"
            report.add(
                item.place("names", index), "unknown-name", f"no {what} is called '{name}'", nearest(name, known),
                item.name,
            )  # fmt: skip
    for index, effect in enumerate(fields["effects"]):
        if effect not in effects:
            message = f"the book has no effect '{effect}'"
            report.add(item.place("effects", index), "unknown-slot", message, nearest(effect, effects), item.name)
    within = None if fields["within"] is None else _number(report, item, "within", PERCENT, _MOST_MOVE, currency)
    by = _role(report, fields["by"], item.place("by"), item.name)
    return ApprovalLine(item.name, by, subjects, tuple(fields["names"]), tuple(fields["effects"]), within)


def _limits(report: Report, document: Document, data: Mapping[str, Any], currency: str) -> dict[Role, OverrideLimit]:
    items: dict[Role, Item] = {}
    limits: dict[Role, OverrideLimit] = {}
    for item in report.items(_LIMIT, document, "limits", data):
        if item.name not in DECIDING_ROLES:
            _role(report, item.name, item.key_place(), item.name)
            continue
        outcomes = tuple(_members(report, item, "outcomes", OVERRIDE_OUTCOMES, "an outcome that a person may choose"))
        numbers = {name: _number(report, item, name, type, most, currency) for name, (type, most) in MOST.items()}
        items[Role(item.name)] = item
        limits[Role(item.name)] = OverrideLimit(**numbers, outcomes=outcomes)
    named = [role for role in DECIDING_ROLES if role in limits]
    for lower, higher in pairwise(named):
        for name, message in _above(limits[lower], limits[higher], higher):
            report.add(items[lower].place(name), "limit-above-higher-role", message,
                       f"who stands above {lower} may do all that {lower} may", lower)  # fmt: skip
    return {role: limits[role] for role in named}


def _above(lower: OverrideLimit, higher: OverrideLimit, role: Role) -> Iterator[tuple[str, str]]:
    for name in MOST:
        if getattr(lower, name) > getattr(higher, name):
            yield name, f"{name} is more than that of {role}"
    for outcome in lower.outcomes:
        if outcome not in higher.outcomes:
            yield "outcomes", f"'{outcome}' is not among the outcomes of {role}"


def _reasons(report: Report, document: Document, data: Mapping[str, Any]) -> tuple[str, ...]:
    reasons: list[str] = data.get("reasons", [])
    for index, code in enumerate(reasons):
        if code in reasons[:index]:
            report.add(document.place("reasons", index), "duplicate-id", f"reason '{code}' stands twice", "", code)
    return tuple(reasons)


def _role(report: Report, written: str, place: Place, subject: str) -> Role:
    """The strictest where it is none that may decide."""
    if written in DECIDING_ROLES:
        return Role(written)
    hint = nearest(written, DECIDING_ROLES) or f"one of {', '.join(DECIDING_ROLES)}"
    report.add(place, "not-a-member", f"'{written}' is not a role that may approve or override", hint, subject)
    return DECIDING_ROLES[-1]


def _members(report: Report, item: Item, key: str, known: Collection[str], what: str) -> Iterable[str]:
    for index, written in enumerate(item.fields[key]):
        if written in known:
            yield written
            continue
        hint = nearest(written, known) or f"one of {', '.join(known)}"
        report.add(item.place(key, index), "not-a-member", f"'{written}' is not {what}", hint, item.name)


def _number(report: Report, item: Item, name: str, type: Type, most: int, currency: str) -> int:
    """Stored units; 0 where it is none."""
    try:
        value = amount(item.fields[name], type, currency)
        if not 0 <= value <= most:
            shown = f"{most // 100} %" if type is PERCENT else f"{most} days"
            raise ValueError(f"{item.fields[name]} is outside 0 to {shown}")
    except ValueError as error:
        report.add(item.place(name), "wrong-value", f"{name}: {error}", subject=item.name)
        return 0
    return value
