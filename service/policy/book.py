"""A policy book as loaded: typed and checked, parameters still symbolic. `binding.py` puts a day's numbers in.

Everything is sorted by content, never by file order, so order can't change a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from service.domain.authority import Governance
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
    """`priority` settles `first` slots: higher wins, then the smaller id.

    `table`: the decision table that it is a row of, empty for a rule of its own. A row's `when` says that its own
    cells fit; whether it then fires is a matter of the table's hit policy.
    """

    id: str
    practice: str
    stage: str
    when: Expression
    effects: tuple[tuple[str, Expression], ...]
    reason: Template
    priority: int
    place: Place
    table: str = ""


class Hit(StrEnum):
    """What becomes of a table's rows whose cells fit (DMN's hit policies)."""

    UNIQUE = "unique"  # at most one may fit
    ANY = "any"  # several may fit that say the same; the first by id fires
    FIRST = "first"  # the first in the order of the file fires
    PRIORITY = "priority"  # the one fires whose output stands first in the table's list
    COLLECT = "collect"  # all fire, or the least or greatest alone
    RULE_ORDER = "rule order"  # all fire, in the order of the file


@dataclass(frozen=True, slots=True)
class Row:
    """`rule`: the id of the rule that the row is. `columns`: which inputs its cells test, by index, rising; the
    rule's condition is the conjunction of these tests in that order. `cells`: its input cells as written.
    """

    rule: str
    cells: tuple[str, ...]
    columns: tuple[int, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. Its rows, and its default, are rules of the book too, side by side in `Book.rules`.

    `rows`: in the order in which they precede one another where that matters: of the file for `first` and `rule
    order`, of the outputs for `priority`, else of the ids. `outputs`: the slots of its output columns. `aggregate`:
    sum, min, max or count for `collect`, else empty. `default`: the id of the rule that fires where no row's cells
    fit, empty where that is a fault.
    """

    id: str
    practice: str
    stage: str
    hit: Hit
    aggregate: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    default: str
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
    tables: Mapping[str, Table]
    computed: tuple[Computed, ...]
    guardrails: tuple[Guardrail, ...]
    options: tuple[OptionRule, ...]
    messages: Mapping[str, Mapping[str, str]]
    content: bytes
    governance: Governance = field(default_factory=Governance)
