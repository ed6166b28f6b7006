"""Derived facts and formulas: declared, typed, and put in an order in which each reads only earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.effects import STANDARD_FORMULAS, Slot
from service.domain.facts import BOOL, FactDecl, Type
from service.policy.book import Computed, Expression
from service.policy.findings import Place
from service.policy.loading.amounts import TYPES, amount, type_named
from service.policy.loading.names import check_fact_name, check_name
from service.policy.loading.ordering import cycles, ordered
from service.policy.loading.policy_files import PolicyItems
from service.policy.loading.report import Item, Report
from service.policy.loading.typed import OUTCOME, OUTCOME_TYPE, Vocabulary, typed
from service.policy.nodes import DECISION, MEMBER, Node, Op, references
from service.policy.unit_rules import numeric


@dataclass(frozen=True, slots=True)
class Entry:
    """A computed name before its expression is typed."""

    name: str
    type: Type
    meaning: str
    item: Item


def read_entries(
    report: Report, items: PolicyItems, facts: Mapping[str, FactDecl], slots: Mapping[str, Slot]
) -> dict[str, Entry]:
    taken = dict.fromkeys(facts, "a fact of the request")
    taken.update((DECISION + name, "a slot") for name in slots)
    entries: dict[str, Entry] = {}
    found = [_derived(report, item) for item in items.derived] + [_formula(report, item) for item in items.formulas]
    for entry in sorted((entry for entry in found if entry), key=lambda entry: entry.item.key_place()):
        if entry.name in taken or entry.name == OUTCOME:
            other = taken.get(entry.name, "built from the slots")
            report.add(
                entry.item.key_place(), "duplicate-id", f"'{entry.name}' is {other} already", "", entry.item.name
            )
            continue
        taken[entry.name] = f"computed at {entry.item.key_place()}"
        entries[entry.name] = entry
    for name, (unit, meaning) in STANDARD_FORMULAS.items():
        if not any(item.name == name for item in items.formulas):
            hint = f"{name}: {{value: ...}}, {unit.value}"
            report.add(Place("book.yaml", 1, 1), "missing-formula", f"no formula '{name}': {meaning}", hint, name)
    return entries


def _derived(report: Report, item: Item) -> Entry | None:
    check_fact_name(report, item.name, item.key_place())
    if item.name.startswith((DECISION, "params.", "extra.")):
        hint = "formulas: is for decision.<name>" if item.name.startswith(DECISION) else ""
        report.add(item.key_place(), "wrong-value", "a derived fact can't have this prefix", hint, item.name)
        return None
    try:
        return Entry(item.name, type_named(item.fields["type"], item.fields["values"]), item.fields["meaning"], item)
    except ValueError as error:
        report.add(item.place("type"), "wrong-value", str(error), subject=item.name)
        return None


def _formula(report: Report, item: Item) -> Entry | None:
    check_name(report, item.name, item.key_place())
    unit, meaning = STANDARD_FORMULAS.get(item.name, (None, ""))
    written, meaning = item.fields["type"], item.fields["meaning"] or meaning
    if unit and written not in (None, unit):
        report.add(
            item.place("type"), "unit-mismatch", f"'{item.name}' is {unit.value} in every book", subject=item.name
        )
    if unit:
        return Entry(DECISION + item.name, TYPES[unit.value], meaning, item)
    for key in [key for key, value in (("type", written), ("meaning", meaning)) if not value]:
        message = f"'{key}' is missing: no standard gives it one"
        report.add(item.place(), "missing-field", message, subject=item.name)
    try:
        return (
            Entry(DECISION + item.name, type_named(written, item.fields["values"]), meaning, item) if written else None
        )
    except ValueError as error:
        report.add(item.place("type"), "wrong-value", str(error), subject=item.name)
        return None


def order_computed(report: Report, entries: Mapping[str, Entry], vocabulary: Vocabulary) -> tuple[Computed, ...]:
    """Typed and ordered; adds to the vocabulary after which stage each is known."""
    scope = vocabulary.everything(outcome=False)
    values: dict[str, Expression] = {}
    reads: dict[str, set[str]] = {}
    for entry in entries.values():
        value = typed(report, entry.item, ("value",), scope, entry.type, entry.item.name)
        if value is not None:
            values[entry.name] = _clipped(report, entry, value, vocabulary.header.currency)
            reads[entry.name] = {name for name in references(value.node) if name in entries}
    for cycle in cycles(reads):
        item = entries[cycle[0]].item
        hint = "one of them must do without the other"
        report.add(item.key_place(), "cycle", " reads ".join((*cycle, cycle[0])), hint, item.name)
    computed = []
    for name in ordered(reads):
        level = vocabulary.levels[name] = vocabulary.level(values[name].node)
        if asked := vocabulary.asked_for(values[name]):
            vocabulary.asked[name] = asked
        entry = entries[name]
        stage = vocabulary.header.stage_at(level)
        computed.append(Computed(name, entry.type, values[name], stage, entry.meaning, entry.item.key_place()))
    return tuple(sorted(computed, key=lambda one: vocabulary.levels[one.name]))


def _clipped(report: Report, entry: Entry, value: Expression, currency: str) -> Expression:
    """A derived fact's `min` and `max` clip it, as a slot's do."""
    node, type = value.node, entry.type
    for key, op in (("max", Op.MIN), ("min", Op.MAX)):
        written = entry.item.fields.get(key)
        if written is None:
            continue
        try:
            if not numeric(type):
                raise ValueError(f"only numbers have '{key}'")
            bound = Node(Op.LIT, type, (), amount(written, type, currency), node.span)
        except ValueError as error:
            report.add(entry.item.place(key), "wrong-value", f"{key}: {error}", subject=entry.item.name)
            continue
        node = Node(op, type, (node, bound), None, node.span)
    return Expression(node, value.source, value.place)


def outcome(slots: Mapping[str, Slot], stage: str) -> Computed:
    """What becomes of the request, from the slots; `held` is never a rule's choice."""
    place = Place("book.yaml", 1, 1)

    def slot(name: str) -> Node:
        return Node(Op.REF, slots[name].type, (), DECISION + name)

    def literal(name: str) -> Node:
        return Node(Op.LIT, OUTCOME_TYPE, (), name)

    prohibitive = slots["prohibitive"].type
    above_zero = Node(Op.CMP, BOOL, (slot("prohibitive"), Node(Op.LIT, prohibitive, (), 0)), ">")
    node = literal("quote")
    for condition, name in (
        (_any_member(slots["approvals"]), "needs_approval"),
        (slot("needs_details"), "needs_details"),
        (above_zero, "prohibitive"),
        (slot("decline"), "decline"),
    ):
        node = Node(Op.IF, OUTCOME_TYPE, (condition, literal(name), node))
    return Computed(OUTCOME, OUTCOME_TYPE, Expression(node, "", place), stage, "What becomes of the request.", place)


def _any_member(slot: Slot) -> Node:
    members = tuple(Node(Op.REF, BOOL, (), f"{DECISION}{slot.name}{MEMBER}{member}") for member in slot.type.values)
    return members[0] if len(members) == 1 else Node(Op.OR, BOOL, members)
