"""A book bound to a day and a currency: parameters become the numbers in force, money the request's currency.

Knows neither requests nor the matcher. An amount of money is converted once, half up, in integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from service.domain.effects import Slot
from service.domain.facts import FactDecl, Type, Unit
from service.domain.money import Rounding, divide, exponent, text
from service.policy.book import Book, Template
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node, Op
from service.policy.program import BoundComputed, BoundGuardrail, BoundOption, BoundRule, Program, Stage

T = TypeVar("T")


class NoRate(Exception):
    """The book has no exchange rate for a currency on a day."""

    def __init__(self, currency: str, as_of: date) -> None:
        self.currency, self.as_of = currency, as_of
        super().__init__(f"no exchange rate for {currency} on {as_of}")


class NoValue(Exception):
    """A parameter has no value yet on a day."""

    def __init__(self, parameter: str, as_of: date) -> None:
        self.parameter, self.as_of = parameter, as_of
        super().__init__(f"parameter {parameter} has no value on {as_of}")


class NoParameter(Exception):
    """An override names a parameter that the book doesn't have."""

    def __init__(self, parameter: str) -> None:
        self.parameter = parameter
        super().__init__(f"the book has no parameter {parameter}")


def epoch(book: Book, as_of: date) -> date:
    """The newest day, `as_of` at the latest, on which a parameter or a rate took its value; `date.min` before all."""
    dated = [day for parameter in book.parameters.values() for day, _ in parameter.values if day <= as_of]
    dated += [day for rates in book.rates.values() for day, _ in rates if day <= as_of]
    return max(dated, default=date.min)


def bind(book: Book, as_of: date, currency: str, overrides: Mapping[str, int] | None = None) -> Program:
    """`overrides`: values by parameter name, in stored units of the book's currency, in place of those in force.

    Raises NoRate, NoValue, NoParameter.
    """
    for name in sorted(overrides or {}):
        if name not in book.parameters:
            raise NoParameter(name)
    money = _converter(book, as_of, currency)
    parameters = {}
    for name, parameter in book.parameters.items():
        value = (overrides or {}).get(name)
        if value is None:
            value = _in_force(parameter.values, as_of, NoValue(name, as_of))
        if money and parameter.type.unit is Unit.MONEY:
            value = money(value)
        parameters[name] = (parameter.type, value)
    literals = {PARAMETER + name: Node(Op.LIT, type, (), value) for name, (type, value) in parameters.items()}
    return _program(book, _Binder(literals, money, set()), currency, epoch(book, as_of), parameters)


def for_bounds(book: Book) -> Program:
    """A program in which a parameter is an input that ranges over all its values, on any day and in any currency.

    So is a money literal, under the name that it is written by: its amount depends on the request's currency.
    """
    scales = [_scale(book, currency, rate) for currency, rates in book.rates.items() for _, rate in rates]
    least, most = min([Fraction(1), *scales]), max([Fraction(1), *scales])
    facts = dict(book.facts)

    def input_of(name: str, type: Type, low: int, high: int) -> Node:
        if type.unit is Unit.MONEY:
            ends = [_times(value, scale) for value in (low, high) for scale in (least, most)]
            low, high = min(ends), max(ends)
        facts[name] = FactDecl(name, type, "", low, high)
        return Node(Op.REF, type, (), name)

    for parameter in book.parameters.values():
        values = [value for _, value in parameter.values]
        input_of(PARAMETER + parameter.name, parameter.type, min(values), max(values))

    def of_literal(node: Node) -> Node:
        return input_of(text(node.value, book.currency), node.type, node.value, node.value)

    binder = _Binder({}, None, set(), of_literal if scales else None)
    program = _program(book, binder, book.currency, date.min, {})
    return replace(program, facts=facts, slots={name: _widened(slot, least, most) for name, slot in book.slots.items()})


def _widened(slot: Slot, least: Fraction, most: Fraction) -> Slot:
    if slot.type.unit is not Unit.MONEY:
        return slot
    ends = [_times(end, scale) for end in (slot.minimum, slot.maximum) for scale in (least, most)]
    return replace(slot, minimum=min(ends), maximum=max(ends))


def _program(
    book: Book, binder: _Binder, currency: str, effective_from: date, parameters: Mapping[str, tuple[Type, int]]
) -> Program:
    node, template = binder.node, binder.template
    guardrails = tuple(
        BoundGuardrail(g.id, g.practice, node(g.holds.node), template(g.reason)) for g in book.guardrails
    )
    options = tuple(BoundOption(o.id, node(o.share.node), node(o.when.node)) for o in book.options)
    stages = tuple(_stage(book, binder, name) for name in ("", *book.stages))
    return Program(
        book=book.name,
        version=book.version,
        currency=currency,
        effective_from=effective_from,
        rounding=book.rounding,
        facts=book.facts,
        slots={name: _slot(slot, binder.money) for name, slot in book.slots.items()},
        members=frozenset(binder.members),
        stages=stages,
        guardrails=guardrails,
        options=options,
        parameters=parameters,
    )


@dataclass(frozen=True, slots=True)
class _Binder:
    """`literals`: what stands for a parameter. `members`: collects the (slot, member) pairs that are read.

    `money`: converts amounts; `literal` puts something else in the place of a money literal.
    """

    literals: Mapping[str, Node]
    money: Callable[[int], int] | None
    members: set[tuple[str, str]]
    literal: Callable[[Node], Node] | None = None

    def node(self, node: Node) -> Node:
        """The node itself where nothing in it changes."""
        op = node.op
        if op is Op.REF:
            return self._reference(node)
        if op is Op.LIT:
            if node.type.unit is not Unit.MONEY:
                return node
            if self.money is None:
                return self.literal(node) if self.literal else node
            return Node(op, node.type, (), self.money(node.value), node.span)
        if not node.args:
            return node
        args = tuple([self.node(arg) for arg in node.args])
        if op is Op.IN and self.money and node.args[0].type.unit is Unit.MONEY:
            return Node(op, node.type, args, tuple(map(self.money, node.value)), node.span)
        for new, old in zip(args, node.args, strict=True):
            if new is not old:
                return Node(op, node.type, args, node.value, node.span)
        return node

    def _reference(self, node: Node) -> Node:
        literal = self.literals.get(node.value)
        if literal is not None:
            return Node(Op.LIT, literal.type, (), literal.value, node.span)
        if MEMBER in node.value:
            slot, _, member = node.value.removeprefix(DECISION).partition(MEMBER)
            self.members.add((slot, member))
        return node

    def template(self, template: Template) -> Template:
        if all(isinstance(part, str) for part in template.parts):
            return template
        return Template(tuple(part if isinstance(part, str) else self.node(part) for part in template.parts))


def _converter(book: Book, as_of: date, currency: str) -> Callable[[int], int] | None:
    """Minor units of the book's currency to those of `currency`; None where they are the same."""
    if currency == book.currency:
        return None
    scale = _scale(book, currency, _in_force(book.rates.get(currency, ()), as_of, NoRate(currency, as_of)))
    return lambda amount: _times(amount, scale)


def _scale(book: Book, currency: str, rate: Fraction) -> Fraction:
    return rate * Fraction(10) ** (exponent(currency) - exponent(book.currency))


def _times(amount: int, scale: Fraction) -> int:
    return divide(amount * scale.numerator, scale.denominator, Rounding.HALF_UP)


def _in_force(dated: tuple[tuple[date, T], ...], as_of: date, refusal: Exception) -> T:
    last = bisect_right([day for day, _ in dated], as_of)
    if not last:
        raise refusal
    return dated[last - 1][1]


def _stage(book: Book, binder: _Binder, name: str) -> Stage:
    node = binder.node
    rules = tuple(
        BoundRule(
            rule.id,
            rule.practice,
            name,
            node(rule.when.node),
            tuple((slot, node(value.node)) for slot, value in rule.effects),
            binder.template(rule.reason),
            rule.when.source,
        )
        for rule in book.rules
        if rule.stage == name
    )
    writes = tuple(sorted({slot for rule in rules for slot, _ in rule.effects}))
    computed = tuple(BoundComputed(c.name, c.type, node(c.value.node)) for c in book.computed if c.stage == name)
    return Stage(name, rules, writes, computed)


def _slot(slot: Slot, money: Callable[[int], int] | None) -> Slot:
    if money is None or slot.type.unit is not Unit.MONEY:
        return slot
    assert isinstance(slot.initial, int)
    return replace(slot, initial=money(slot.initial), minimum=money(slot.minimum), maximum=money(slot.maximum))
