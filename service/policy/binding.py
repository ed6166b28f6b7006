"""A book bound to a day and a currency: parameters become the numbers in force, money the request's currency.

Knows neither requests nor the matcher. An amount of money is converted once, half up, in integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from service.domain.effects import Slot
from service.domain.facts import FactDecl, Unit
from service.domain.money import Rounding, divide, exponent
from service.policy.book import Book, Template
from service.policy.hits import BoundTable
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node, Op
from service.policy.program import BoundComputed, BoundGuardrail, BoundOption, BoundRule, Program, Stage

T = TypeVar("T")

Reach = Callable[[int], tuple[int, int]]
"""The least and the most that an amount in the book's currency comes to, in any currency on any day."""


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
    return epoch_of(turning_days(book), as_of)


def turning_days(book: Book) -> tuple[date, ...]:
    """The days on which a parameter or a rate takes a value, rising."""
    days = {day for parameter in book.parameters.values() for day, _ in parameter.values}
    days |= {day for rates in book.rates.values() for day, _ in rates}
    return tuple(sorted(days))


def epoch_of(turning_days: Sequence[date], as_of: date) -> date:
    before = bisect_right(turning_days, as_of)
    return turning_days[before - 1] if before else date.min


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
    binder = _Binder(literals, money, set())
    program = _program(book, binder.node, currency, epoch(book, as_of))
    slots = {name: _slot(slot, money) for name, slot in book.slots.items()}
    return replace(program, slots=slots, members=frozenset(binder.members), parameters=parameters)


def for_bounds(book: Book) -> tuple[Program, Reach]:
    """The book unbound: a parameter is an input that ranges over all its values, on any day and in any currency.

    And what an amount in the book's currency comes to, which says how far its money literals reach.
    """
    scales = [_scale(book, currency, rate) for currency, rates in book.rates.items() for _, rate in rates]
    least, most = min([Fraction(1), *scales]), max([Fraction(1), *scales])

    def reach(amount: int) -> tuple[int, int]:
        ends = _times(amount, least), _times(amount, most)
        return min(ends), max(ends)

    facts = dict(book.facts)
    for parameter in book.parameters.values():
        name, type = PARAMETER + parameter.name, parameter.type
        values = [value for _, value in parameter.values]
        if type.unit is Unit.MONEY:
            values = [end for value in values for end in reach(value)]
        facts[name] = FactDecl(name, type, "", min(values), max(values))
    program = _program(book, lambda node: node, book.currency, date.min)
    return replace(program, facts=facts), reach


def _program(book: Book, node: Callable[[Node], Node], currency: str, effective_from: date) -> Program:
    """`node` makes the bound tree of a loaded one. Slots and facts are the book's own."""
    return Program(
        book=book.name,
        version=book.version,
        currency=currency,
        effective_from=effective_from,
        rounding=book.rounding,
        facts=book.facts,
        slots=book.slots,
        members=frozenset(),
        stages=tuple(_stage(book, node, name) for name in ("", *book.stages)),
        guardrails=tuple(
            BoundGuardrail(g.id, g.practice, node(g.holds.node), _template(g.reason, node)) for g in book.guardrails
        ),
        options=tuple(BoundOption(o.id, node(o.share.node), node(o.when.node)) for o in book.options),
        parameters={},
    )


_REF, _LIT, _IN, _MONEY = Op.REF, Op.LIT, Op.IN, Unit.MONEY
"""Looking a member up in its enum takes Python 3.11 longer than the rest of a step does."""


@dataclass(frozen=True, slots=True)
class _Binder:
    """`literals`: what stands for a parameter. `members`: collects the (slot, member) pairs that are read.

    `money` converts amounts.
    """

    literals: Mapping[str, Node]
    money: Callable[[int], int] | None
    members: set[tuple[str, str]]

    def node(self, node: Node) -> Node:
        """The node itself where nothing in it changes."""
        args = node.args
        if not args:
            return self._leaf(node)
        own = self.node
        bound = tuple([own(arg) for arg in args])
        if node.op is _IN and self.money and args[0].type.unit is _MONEY:
            return Node(node.op, node.type, bound, tuple(map(self.money, node.value)), node.span)
        return node if bound == args else Node(node.op, node.type, bound, node.value, node.span)

    def _leaf(self, node: Node) -> Node:
        op, type, _, value, span = node
        if op is _REF:
            literal = self.literals.get(value)
            if literal is not None:
                return Node(_LIT, literal.type, (), literal.value, span)
            if MEMBER in value:
                slot, _, member = value.removeprefix(DECISION).partition(MEMBER)
                self.members.add((slot, member))
        elif op is _LIT and self.money and type.unit is _MONEY:
            return Node(op, type, (), self.money(value), span)
        return node


def _template(template: Template, node: Callable[[Node], Node]) -> Template:
    if all(isinstance(part, str) for part in template.parts):
        return template
    return Template(tuple(part if isinstance(part, str) else node(part) for part in template.parts))


def _converter(book: Book, as_of: date, currency: str) -> Callable[[int], int] | None:
    """Minor units of the book's currency to those of `currency`; None where they are the same."""
    if currency == book.currency:
        return None
    scale = _scale(book, currency, _in_force(book.rates.get(currency, ()), as_of, NoRate(currency, as_of)))
    return lambda amount: _times(amount, scale)


def exchange_rate(book: Book, as_of: date, have: str, want: str) -> Fraction:
    """Minor units of `want` for one of `have`, by the book's rates of the day. Raises NoRate."""
    if have == want:
        return Fraction(1)
    return _of_book(book, as_of, want) / _of_book(book, as_of, have)


def number_in_force(book: Book, name: str, as_of: date, currency: str) -> int:
    """A parameter's value on a day, money in minor units of `currency`. Raises NoValue, NoRate; KeyError for a name
    that the book doesn't have."""
    parameter = book.parameters[name]
    value = _in_force(parameter.values, as_of, NoValue(name, as_of))
    money = _converter(book, as_of, currency) if parameter.type.unit is Unit.MONEY else None
    return money(value) if money else value


def _of_book(book: Book, as_of: date, currency: str) -> Fraction:
    """Minor units of `currency` for one of the book's."""
    if currency == book.currency:
        return Fraction(1)
    return _scale(book, currency, _in_force(book.rates.get(currency, ()), as_of, NoRate(currency, as_of)))


def _scale(book: Book, currency: str, rate: Fraction) -> Fraction:
    return rate * Fraction(10) ** (exponent(currency) - exponent(book.currency))


def _times(amount: int, scale: Fraction) -> int:
    return divide(amount * scale.numerator, scale.denominator, Rounding.HALF_UP)


def _in_force(dated: tuple[tuple[date, T], ...], as_of: date, refusal: Exception) -> T:
    last = bisect_right([day for day, _ in dated], as_of)
    if not last:
        raise refusal
    return dated[last - 1][1]


def _stage(book: Book, node: Callable[[Node], Node], name: str) -> Stage:
    rules = tuple(
        BoundRule(
            rule.id,
            rule.practice,
            name,
            node(rule.when.node),
            tuple([(slot, node(value.node)) for slot, value in rule.effects]),
            _template(rule.reason, node),
            rule.when.source,
            rule.table,
        )
        for rule in book.rules
        if rule.stage == name
    )
    writes = tuple(sorted({slot for rule in rules for slot, _ in rule.effects}))
    computed = tuple(BoundComputed(c.name, c.type, node(c.value.node)) for c in book.computed if c.stage == name)
    return Stage(name, rules, writes, computed, _tables(book, node, name, rules))


def _tables(book: Book, node: Callable[[Node], Node], stage: str, rules: Sequence[BoundRule]) -> tuple[BoundTable, ...]:
    """A row that the book has no rule for any more is left out: whoever tries a book without it may take it away."""
    places = {rule.id: place for place, rule in enumerate(rules)}
    tables = []
    for table in (table for table in book.tables.values() if table.stage == stage):
        rows = [row for row in table.rows if row.rule in places]
        default = places.get(table.default)
        first = places[rows[0].rule] if rows else default
        if first is None:
            continue
        tables.append(
            BoundTable(
                table.id,
                table.practice,
                table.hit,
                table.aggregate,
                tuple((input.source, node(input.node)) for input in table.inputs),
                tuple(_is_optional(book, input.node) for input in table.inputs),
                table.outputs,
                first,
                first + len(rows),
                default is not None,
                tuple(row.columns for row in rows),
            )
        )
    return tuple(sorted(tables, key=lambda table: table.first))


def _is_optional(book: Book, node: Node) -> bool:
    return node.op is _REF and node.value in book.facts and book.facts[node.value].optional


def _slot(slot: Slot, money: Callable[[int], int] | None) -> Slot:
    if money is None or slot.type.unit is not Unit.MONEY:
        return slot
    assert isinstance(slot.initial, int)
    return replace(slot, initial=money(slot.initial), minimum=money(slot.minimum), maximum=money(slot.maximum))
