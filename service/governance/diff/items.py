"""A book's things as items with aspects that can be laid side by side. Knows one book at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.domain.effects import Slot
from service.domain.facts import NUMERIC, FactDecl, Type, Unit
from service.domain.units import value_text
from service.governance.diff.changes import Subject
from service.governance.diff.meaning import Names, node_key, template_key, template_text, value_key
from service.policy.book import Book, Computed, Expression, Guardrail, OptionRule, Parameter, Rule, Template
from service.policy.nodes import DECISION
from service.policy.text import cel

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CONDITION, WORDING, EFFECT = "condition", "wording", "effect "


@dataclass(frozen=True, slots=True)
class Aspect:
    """`key`: what it means; `text`: how it is written."""

    key: Hashable
    text: str


Aspects = dict[str, Aspect]


@dataclass(frozen=True, slots=True)
class Item:
    """`where`: aspects that say where it stands, not what it is."""

    subject: Subject
    name: str
    aspects: Mapping[str, Aspect]
    where: Mapping[str, Aspect] = field(default_factory=dict)

    def content(self) -> Hashable:
        return frozenset((name, aspect.key) for name, aspect in self.aspects.items())

    def deciding(self) -> Hashable:
        """A rule's condition and effects alone."""
        return frozenset((n, a.key) for n, a in self.aspects.items() if n == CONDITION or n.startswith(EFFECT))


def plain(text: str) -> Aspect:
    return Aspect(text, text)


def _kept(texts: Mapping[str, str]) -> Aspects:
    return {name: plain(text) for name, text in texts.items() if text}


def yes_no(value: bool) -> Aspect:
    return plain("yes" if value else "no")


@dataclass(frozen=True, slots=True)
class View:
    """A book as its items are read. `names`: of the earlier book's things, files and stages (as `file:`, `stage:`)."""

    book: Book
    names: Names

    def expression(self, expression: Expression) -> Aspect:
        currency = self.book.currency
        return Aspect(node_key(expression.node, currency, self.names), cel(expression.node, currency))

    def template(self, template: Template) -> Aspect:
        return Aspect(template_key(template, self.book.currency, self.names), template_text(template))

    def value(self, type: Type, value: Any) -> Aspect:
        currency = self.book.currency
        return Aspect(value_key(type, value, currency), value_text(type, value, currency))

    def slot(self, name: str) -> str:
        return self.names.get(DECISION + name, DECISION + name).removeprefix(DECISION)

    def where(self, file: str, stage: str = "") -> Aspects:
        standing = {"file": Aspect(self.names.get(f"file:{file}", file), file)}
        if stage:
            standing["stage"] = Aspect(self.names.get(f"stage:{stage}", stage), stage)
        return standing


def book(view: View) -> Iterator[Item]:
    book = view.book
    texts = {"name": book.name, "title": book.title, "currency": book.currency}
    aspects = _kept({**texts, "rounding": book.rounding.value, "time zone": book.time_zone})
    yield Item(Subject.BOOK, "", aspects)


def calendar(view: View) -> Iterator[Item]:
    days = view.book.calendar
    aspects = {f"weekend on {_WEEKDAYS[day]}": plain("closed") for day in sorted(days.weekend)}
    aspects |= {f"every year {month:02}-{day:02}": plain("closed") for month, day in sorted(days.every_year)}
    aspects |= {str(day): plain("closed") for day in sorted(days.dates)}
    hours = {"opens": days.opens, "lunch": days.lunch, "closes": days.closes}
    aspects |= {name: plain(time.isoformat("minutes")) for name, time in hours.items()}
    yield Item(Subject.CALENDAR, "", aspects)


def parameters(view: View, shown: frozenset[str]) -> Iterator[Item]:
    """`shown`: the names of those that wording may show to clients."""
    for parameter in view.book.parameters.values():
        yield Item(Subject.PARAMETER, parameter.name, _parameter(view, parameter, parameter.name in shown))


def _parameter(view: View, parameter: Parameter, shown: bool) -> Aspects:
    return {
        **{_from(day): view.value(parameter.type, value) for day, value in parameter.values},
        "type": plain(parameter.type.unit.value),
        "shown to clients": yes_no(shown),
        **_kept({"practice": parameter.practice, "meaning": parameter.meaning}),
    }


def _from(day: date) -> str:
    return f"from {day}"


def rates(view: View) -> Iterator[Item]:
    for currency, dated in view.book.rates.items():
        yield Item(Subject.RATE, currency, {_from(day): Aspect(rate, _decimal(rate)) for day, rate in dated})


def _decimal(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def extra_facts(view: View) -> Iterator[Item]:
    for fact in view.book.extra_facts.values():
        yield Item(Subject.EXTRA_FACT, fact.name, _fact(view, fact))


def _fact(view: View, fact: FactDecl) -> Aspects:
    bounds = {"min": fact.minimum, "max": fact.maximum} if fact.type.unit in NUMERIC else {}
    return {
        **_type(fact.type),
        **{name: view.value(fact.type, value) for name, value in bounds.items()},
        "default": view.value(fact.type, fact.default),
        **_kept({"meaning": fact.meaning}),
    }


def _type(type: Type) -> Aspects:
    members = {"values": plain(", ".join(type.values))} if type.unit is Unit.ENUM else {}
    return {"type": plain(type.unit.value), **members}


def effects(view: View) -> Iterator[Item]:
    for slot in view.book.slots.values():
        yield Item(Subject.EFFECT, slot.name, _slot(view, slot))


def _slot(view: View, slot: Slot) -> Aspects:
    bounds = {"min": slot.minimum, "max": slot.maximum} if slot.type.unit in NUMERIC else {}
    return {
        **_type(slot.type),
        "combine": plain(slot.combine.value),
        "initial": view.value(slot.type, slot.initial),
        **{name: view.value(slot.type, value) for name, value in bounds.items()},
        **_kept({"meaning": slot.meaning}),
    }


def computed(view: View) -> Iterator[Item]:
    """Without the outcome, which no book writes itself."""
    for entry in view.book.computed:
        if entry.value.source:
            yield _computed(view, entry)


def _computed(view: View, entry: Computed) -> Item:
    formula = entry.name.startswith(DECISION)
    subject, name = (Subject.FORMULA, entry.name.removeprefix(DECISION)) if formula else (Subject.DERIVED, entry.name)
    aspects = {"value": view.expression(entry.value), **_type(entry.type), **_kept({"meaning": entry.meaning})}
    return Item(subject, name, aspects, view.where(entry.place.file))


def rules(view: View) -> Iterator[Item]:
    """Without the rows of tables."""
    for rule in view.book.rules:
        if not rule.table:
            aspects = {**rule_aspects(view, rule), "priority": plain(str(rule.priority))}
            yield Item(Subject.RULE, rule.id, aspects, view.where(rule.place.file, rule.stage))


def rule_aspects(view: View, rule: Rule) -> Aspects:
    return {
        CONDITION: view.expression(rule.when),
        **{EFFECT + view.slot(slot): view.expression(value) for slot, value in rule.effects},
        WORDING: view.template(rule.reason),
        "practice": plain(rule.practice),
    }


def guardrails(view: View) -> Iterator[Item]:
    for guardrail in view.book.guardrails:
        yield Item(Subject.GUARDRAIL, guardrail.id, _guardrail(view, guardrail))


def _guardrail(view: View, guardrail: Guardrail) -> Aspects:
    condition, wording = view.expression(guardrail.holds), view.template(guardrail.reason)
    return {CONDITION: condition, WORDING: wording, "practice": plain(guardrail.practice)}


def options(view: View) -> Iterator[Item]:
    for option in view.book.options:
        yield Item(Subject.OPTION, option.id, _option(view, option))


def _option(view: View, option: OptionRule) -> Aspects:
    share, condition = view.expression(option.share), view.expression(option.when)
    return {"share": share, CONDITION: condition, "practice": plain(option.practice)}
