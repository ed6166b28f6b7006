"""A policy book as loaded: typed and checked, parameters still symbolic. `binding.py` puts a day's numbers in.

Everything is sorted by content, never by file order, so order can't change a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from service.domain.calendar import Calendar
from service.domain.effects import Slot
from service.domain.facts import FactDecl, Type
from service.domain.money import Rounding
from service.policy.findings import Place
from service.policy.nodes import Node


@dataclass(frozen=True, slots=True)
class Expression:
    """A typed tree with the text that it came from; spans in the tree index into `source`."""

    node: Node
    source: str
    place: Place


@dataclass(frozen=True, slots=True)
class Parameter:
    """`values`: (from that day on, value), oldest first. Money in minor units of the book's currency."""

    name: str
    type: Type
    values: tuple[tuple[date, int], ...]
    meaning: str
    practice: str
    place: Place


@dataclass(frozen=True, slots=True)
class Template:
    """Text with values in it: literal parts and references to facts, parameters or slots."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """`priority` settles `first` slots: higher wins, then the smaller id."""

    id: str
    practice: str
    stage: str
    when: Expression
    effects: tuple[tuple[str, Expression], ...]
    reason: Template
    priority: int
    place: Place


@dataclass(frozen=True, slots=True)
class Computed:
    """A derived fact or a formula. `stage`: the stage after which it is known; '' from the request alone."""

    name: str
    type: Type
    value: Expression
    stage: str
    meaning: str
    place: Place


@dataclass(frozen=True, slots=True)
class Guardrail:
    """`holds` must be true of every decision; where it isn't, the decision is held for a person."""

    id: str
    practice: str
    holds: Expression
    reason: Template
    place: Place


@dataclass(frozen=True, slots=True)
class OptionRule:
    """An option offered beside the others: its share of the price envelope and when it is offered."""

    id: str
    share: Expression
    when: Expression
    practice: str
    place: Place


@dataclass(frozen=True, slots=True)
class Book:
    """`computed` is in an order in which each entry reads only earlier ones. `messages`: language -> key -> text."""

    name: str
    title: str
    version: str
    currency: str
    rounding: Rounding
    time_zone: str
    calendar: Calendar
    stages: tuple[str, ...]
    facts: Mapping[str, FactDecl]
    extra_facts: Mapping[str, FactDecl]
    slots: Mapping[str, Slot]
    parameters: Mapping[str, Parameter]
    rates: Mapping[str, tuple[tuple[date, Fraction], ...]]
    rules: tuple[Rule, ...]
    computed: tuple[Computed, ...]
    guardrails: tuple[Guardrail, ...]
    options: tuple[OptionRule, ...]
    messages: Mapping[str, Mapping[str, str]]
    content: bytes
