"""Rules, guardrails and options with their expressions typed, and which stage writes which slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.book import GuardrailSchema, GuardrailsSchema, OptionSchema, OptionsSchema
from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, PERCENT
from service.policy.book import Guardrail, OptionRule, Rule
from service.policy.findings import Place
from service.policy.loading.grids import Grid
from service.policy.loading.header import Header
from service.policy.loading.policy_files import check_ids
from service.policy.loading.report import Item, Report
from service.policy.loading.templates import template
from service.policy.loading.typed import Vocabulary, typed
from service.policy.nodes import DECISION
from service.policy.scope import Scope
from service.policy.unit_rules import nearest
from service.policy.yaml_text import Document

_GUARDRAILS, _GUARDRAIL = GuardrailsSchema(), GuardrailSchema()
_OPTIONS, _OPTION = OptionsSchema(), OptionSchema()
StagedRules = Iterable[tuple[str | None, Item]]


def slot_levels(
    report: Report, rules: StagedRules, grids: Iterable[Grid], slots: Mapping[str, Slot], header: Header
) -> dict[str, int]:
    """`decision.<slot>` -> the stage after which it is known: its last writer's, 0 where no rule writes it."""
    levels = {DECISION + name: 0 for name in slots}
    writers: dict[str, dict[str, Item | Grid]] = {}
    writing: list[tuple[Place, str | None, Iterable[str], Item | Grid]] = [
        (item.place(), stage, item.fields["then"], item) for stage, item in rules
    ]
    writing += [(grid.item.place(), grid.stage, grid.outputs(), grid) for grid in grids]
    for _, stage, names, writer in sorted(writing, key=lambda entry: entry[0]):
        for name in names:
            if stage is not None and name in slots:
                writers.setdefault(name, {}).setdefault(stage, writer)
    for name, stages in writers.items():
        first, *others = sorted(stages, key=header.level)
        levels[DECISION + name] = header.level(others[-1] if others else first)
        if others and slots[name].combine not in (Combine.ANY, Combine.UNION):
            for stage in others:
                writer = stages[stage]
                message = f"'{name}' is written by stage {first} already; only any and union slots have two"
                report.add(_written_at(writer, name), "slot-two-stages", message, "", _item(writer).name)
    return levels


def _item(writer: Item | Grid) -> Item:
    return writer.item if isinstance(writer, Grid) else writer


def _written_at(writer: Item | Grid, slot: str) -> Place:
    if isinstance(writer, Grid):
        return writer.column_place(writer.outputs()[slot])
    return writer.key_place("then", slot)


def in_order(rules: Iterable[Rule], vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """By stage, priority and id; a table's rows side by side, in the order in which they are given."""

    def place(rule: Rule) -> tuple[int, int, str]:
        return vocabulary.header.level(rule.stage), -rule.priority, f"{rule.table}/" if rule.table else rule.id

    return tuple(sorted(rules, key=place))


def read_rules(report: Report, rules: Iterable[tuple[str | None, Item]], vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """In the order of their stages, then of priority and id."""
    scopes: dict[str | None, Scope] = {stage: vocabulary.before(stage) for stage in vocabulary.header.stages}
    scopes[None] = vocabulary.everything(outcome=True)
    read = []
    rules = list(rules)
    check_ids(report, (item for _, item in rules), "rule")
    for stage, item in rules:
        rule = _rule(report, item, stage or "", scopes[stage], vocabulary)
        if rule is not None and stage is not None:
            read.append(rule)
    return tuple(sorted(read, key=lambda rule: vocabulary.header.level(rule.stage)))


def _rule(report: Report, item: Item, stage: str, scope: Scope, vocabulary: Vocabulary) -> Rule | None:
    fields, slots = item.fields, vocabulary.slots
    when = typed(report, item, ("when",), scope, BOOL, item.name)
    effects = []
    for name in sorted(fields["then"]):
        if name not in slots:
            hint = nearest(name, slots)
            report.add(
                item.key_place("then", name), "unknown-slot", f"the book has no effect '{name}'", hint, item.name
            )
            continue
        value = typed(report, item, ("then", name), scope, slots[name].type, item.name)
        if value is not None:
            effects.append((name, value))
    _, place = item.text("reason")
    reason = template(report, fields["reason"], place, scope, vocabulary.asked_for(when), item.name)
    if when is None:
        return None
    return Rule(item.name, fields["practice"], stage, when, tuple(effects), reason, fields["priority"], item.place())


def read_guardrails(report: Report, document: Document, vocabulary: Vocabulary) -> tuple[Guardrail, ...]:
    scope = vocabulary.everything(outcome=True)
    items = list(report.items(_GUARDRAIL, document, "guardrails", report.whole(_GUARDRAILS, document)))
    check_ids(report, items, "guardrail")
    guardrails = []
    for item in items:
        holds = typed(report, item, ("holds",), scope, BOOL, item.name)
        _, place = item.text("reason")
        reason = template(report, item.fields["reason"], place, scope, vocabulary.asked_for(holds), item.name)
        if holds is not None:
            guardrails.append(Guardrail(item.name, item.fields["practice"], holds, reason, item.place()))
    return tuple(sorted(guardrails, key=lambda guardrail: guardrail.id))


def read_options(report: Report, document: Document, vocabulary: Vocabulary) -> tuple[OptionRule, ...]:
    """In the order of the file's ids: the layout orders options by what they cost."""
    scope = vocabulary.everything(outcome=True)
    items = list(report.items(_OPTION, document, "options", report.whole(_OPTIONS, document)))
    check_ids(report, items, "option")
    options = []
    for item in items:
        share = typed(report, item, ("share",), scope, PERCENT, item.name)
        when = typed(report, item, ("when",), scope, BOOL, item.name)
        if share is not None and when is not None:
            options.append(OptionRule(item.name, share, when, item.fields["practice"], item.place()))
    return tuple(sorted(options, key=lambda option: option.id))
