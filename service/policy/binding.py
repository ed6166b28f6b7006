"""A book bound to a day and a currency: parameters become the numbers in force, money the request's currency.

Knows neither requests nor the matcher. An amount of money is converted once, half up, in integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from service.domain.effects import Slot
from service.domain.facts import Type, Unit
from service.domain.money import Rounding, divide, exponent
from service.policy.book import Book, Template
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node, Op, walk
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
    binder = _binder(book, as_of, currency, overrides or {})
    node, template = binder.node, binder.template
    stages = tuple(_stage(book, binder, name) for name in ("", *book.stages))
    guardrails = tuple(BoundGuardrail(g.id, g.practice, node(g.holds.node), template(g.reason)) for g in book.guardrails)
    options = tuple(BoundOption(o.id, node(o.share.node), node(o.when.node)) for o in book.options)
    return Program(
        book=book.name,
        version=book.version,
        currency=currency,
        effective_from=epoch(book, as_of),
        rounding=book.rounding,
        facts=book.facts,
        slots={name: _slot(slot, binder.money) for name, slot in book.slots.items()},
        members=_members(stages, guardrails, options),
        stages=stages,
        guardrails=guardrails,
        options=options,
        parameters=binder.parameters,
    )


@dataclass(frozen=True, slots=True)
class _Binder:
    parameters: Mapping[str, tuple[Type, int]]
    literals: Mapping[str, Node]
    money: Callable[[int], int] | None

    def node(self, node: Node) -> Node:
        """The node itself where nothing in it changes."""
        if node.op is Op.REF:
            literal = self.literals.get(node.value)
            return replace(literal, span=node.span) if literal else node
        if node.op is Op.LIT:
            return replace(node, value=self.money(node.value)) if self.money and node.type.unit is Unit.MONEY else node
        if not node.args:
            return node
        args = tuple(map(self.node, node.args))
        if node.op is Op.IN and self.money and node.args[0].type.unit is Unit.MONEY:
            return replace(node, args=args, value=tuple(map(self.money, node.value)))
        if all(new is old for new, old in zip(args, node.args, strict=True)):
            return node
        return Node(node.op, node.type, args, node.value, node.span)

    def template(self, template: Template) -> Template:
        return Template(tuple(part if isinstance(part, str) else self.node(part) for part in template.parts))


def _binder(book: Book, as_of: date, currency: str, overrides: Mapping[str, int]) -> _Binder:
    for name in sorted(overrides):
        if name not in book.parameters:
            raise NoParameter(name)
    money = _converter(book, as_of, currency)
    parameters = {}
    for name, parameter in book.parameters.items():
        value = overrides.get(name)
        if value is None:
            value = _in_force(parameter.values, as_of, lambda: NoValue(name, as_of))
        if money and parameter.type.unit is Unit.MONEY:
            value = money(value)
        parameters[name] = (parameter.type, value)
    literals = {PARAMETER + name: Node(Op.LIT, type, (), value) for name, (type, value) in parameters.items()}
    return _Binder(parameters, literals, money)


def _converter(book: Book, as_of: date, currency: str) -> Callable[[int], int] | None:
    """Minor units of the book's currency to those of `currency`; None where they are the same."""
    if currency == book.currency:
        return None
    rate = _in_force(book.rates.get(currency, ()), as_of, lambda: NoRate(currency, as_of))
    scaled = rate * Fraction(10) ** (exponent(currency) - exponent(book.currency))
    numerator, denominator = scaled.numerator, scaled.denominator
    return lambda amount: divide(amount * numerator, denominator, Rounding.HALF_UP)


def _in_force(dated: tuple[tuple[date, T], ...], as_of: date, refusal: Callable[[], Exception]) -> T:
    last = bisect_right([day for day, _ in dated], as_of)
    if not last:
        raise refusal()
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


def _members(
    stages: Iterable[Stage], guardrails: Iterable[BoundGuardrail], options: Iterable[BoundOption]
) -> frozenset[tuple[str, str]]:
    nodes = [option.share for option in options] + [option.when for option in options]
    nodes += [guardrail.holds for guardrail in guardrails]
    for stage in stages:
        nodes += [computed.value for computed in stage.computed]
        for rule in stage.rules:
            nodes += [rule.when, *(value for _, value in rule.effects)]
    members = set()
    for node in nodes:
        for part in walk(node):
            if part.op is Op.REF and MEMBER in part.value:
                slot, _, member = part.value.removeprefix(DECISION).partition(MEMBER)
                members.add((slot, member))
    return frozenset(members)
