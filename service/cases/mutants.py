"""Every mutant of a book: the book with one thing changed. Made from the loaded book, not from its files.

Guardrails aren't changed: they hold of every decision, so no case can notice one that asks less than it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from service.cases.changes import Change, changes, raised, step
from service.domain.effects import Slot
from service.domain.facts import NUMERIC
from service.domain.lists import SETTINGS
from service.domain.units import value_text
from service.policy.book import Book, Expression, OptionRule, Parameter, Rule
from service.policy.findings import Place
from service.policy.nodes import PARAMETER, Node, Op

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mutant:
    """`subject`: the rule, parameter, fact, formula or option changed. `id` is the change in words, unique in a book,
    the same whatever the formatting and the order of the files. `book`: makes the changed book."""

    id: str
    kind: str
    subject: str
    place: Place
    book: Callable[[], Book]


KINDS = ("parameter", "literal", "comparison", "connective", "effect", "rule")


def mutants(book: Book) -> tuple[Mutant, ...]:
    """In the order of the book's content. How lists of clients are drawn isn't changed: it decides no case."""
    found = [
        *(
            mutant
            for name, parameter in book.parameters.items()
            if name not in SETTINGS
            for mutant in _of_parameter(book, parameter)
        ),
        *(mutant for index in range(len(book.computed)) for mutant in _of_computed(book, index)),
        *(mutant for index in range(len(book.rules)) for mutant in _of_rule(book, index)),
        *(mutant for index in range(len(book.options)) for mutant in _of_option(book, index)),
    ]
    return tuple(_distinct(found))


def _distinct(found: Iterable[Mutant]) -> Iterator[Mutant]:
    """A change that stands twice in one expression is numbered from its second place on."""
    seen: dict[str, int] = {}
    for mutant in found:
        count = seen[mutant.id] = seen.get(mutant.id, 0) + 1
        yield mutant if count == 1 else replace(mutant, id=f"{mutant.id} ({count})")


def without(book: Book, rule: Rule) -> Book:
    return replace(book, rules=tuple(other for other in book.rules if other is not rule))


def _of_parameter(book: Book, parameter: Parameter) -> Iterator[Mutant]:
    name, type = PARAMETER + parameter.name, parameter.type

    def changed(values: tuple[tuple[date, int], ...]) -> Book:
        return replace(book, parameters={**book.parameters, parameter.name: replace(parameter, values=values)})

    for index, (day, value) in enumerate(parameter.values):
        before = value_text(type, value, book.currency)
        for other in (value + step(type), value - step(type)):
            if other >= 0:
                id = f"{name} from {day}: {before} -> {value_text(type, other, book.currency)}"
                values = _at(parameter.values, index, (day, other))
                yield Mutant(id, "parameter", name, parameter.place, partial(changed, values))


def _of_computed(book: Book, index: int) -> Iterator[Mutant]:
    computed = book.computed[index]
    if not computed.value.source:
        return  # what the service itself adds

    def changed(expression: Expression) -> Book:
        return replace(book, computed=_at(book.computed, index, replace(computed, value=expression)))

    yield from _of_expression(book, computed.name, "", computed.value, changed)


def _of_rule(book: Book, index: int) -> Iterator[Mutant]:
    rule = book.rules[index]

    def changed(rule: Rule) -> Book:
        return replace(book, rules=_at(book.rules, index, rule))

    yield Mutant(f"{rule.id}: removed", "rule", rule.id, rule.place, lambda: without(book, rule))
    if rule.when.node.op is not Op.LIT:
        yield from _of_expression(book, rule.id, " when", rule.when, lambda when: changed(replace(rule, when=when)))
    for place, (slot, value) in enumerate(rule.effects):
        less = replace(rule, effects=rule.effects[:place] + rule.effects[place + 1 :])
        yield Mutant(f"{rule.id} then {slot}: left out", "effect", rule.id, value.place, partial(changed, less))
        yield from _of_effect(book, rule, place, changed)


def _of_effect(book: Book, rule: Rule, place: int, changed: Callable[[Rule], Book]) -> Iterator[Mutant]:
    slot, value = rule.effects[place]

    def rewritten(expression: Expression) -> Book:
        return changed(replace(rule, effects=_at(rule.effects, place, (slot, expression))))

    where, node = f" then {slot}", value.node
    if node.op is Op.LIT:
        for change in changes(node, book.currency):
            if not _comes_to_nothing(book.slots[slot], change.node):
                yield _mutant(rule.id, where, value, change._replace(kind="effect"), rewritten)
        return
    yield from _of_expression(book, rule.id, where, value, rewritten)
    if node.type.unit in NUMERIC:
        yield _mutant(rule.id, where, value, raised(node, book.currency), rewritten)


def _comes_to_nothing(slot: Slot, literal: Node) -> bool:
    """`no` is what leaving the effect out comes to; a number beyond the slot's range is clipped to its end."""
    if isinstance(literal.value, bool):
        return not literal.value
    return isinstance(literal.value, int) and not slot.minimum <= literal.value <= slot.maximum


def _of_option(book: Book, index: int) -> Iterator[Mutant]:
    option = book.options[index]

    def changed(option: OptionRule) -> Book:
        return replace(book, options=_at(book.options, index, option))

    subject = f"option {option.id}"
    yield from _of_expression(
        book, subject, " share", option.share, lambda share: changed(replace(option, share=share))
    )
    yield from _of_expression(book, subject, " when", option.when, lambda when: changed(replace(option, when=when)))


def _of_expression(
    book: Book, subject: str, where: str, expression: Expression, changed: Callable[[Expression], Book]
) -> Iterator[Mutant]:
    for change in changes(expression.node, book.currency):
        yield _mutant(subject, where, expression, change, changed)


def _mutant(
    subject: str, where: str, expression: Expression, change: Change, changed: Callable[[Expression], Book]
) -> Mutant:
    id = f"{subject}{where}: {change.before} -> {change.after}"
    return Mutant(id, change.kind, subject, expression.place, lambda: changed(replace(expression, node=change.node)))


def _at(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])
