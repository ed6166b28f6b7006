"""Conditions as the engine can take them: and/or over comparisons of one integer property with a literal.

All facts are present and typed, so pushing negations inward is exact. What the engine lacks or does wrongly
(arithmetic, comparing two properties, integers past 2^53, long lists) becomes a property worked out in Python.
Knows nothing of durable_rules' calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.facts import FactDecl, Unit
from service.matching.codegen import constant
from service.policy.nodes import Node, Op

LARGEST = 2**53 - 1
"""The engine's integers are exact up to here; properties are clamped to it, literals stay below it."""

LONGEST_LIST = 12
"""A longer `in` list is looked up in Python: each member would take a place in the engine's tables."""

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Atom:
    """`property operator number`."""

    property: str
    operator: str
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of its parts. `exclusive`: at most one part of an any-group can be true."""

    all: bool
    parts: tuple[Atom | Group, ...]
    exclusive: bool = False


Condition = Atom | Group | bool
"""A bool is a condition that no fact can change."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The node's own value as an integer: enum members by their index, numbers clamped unless `exact`."""

    node: Node
    exact: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """-1, 0 or 1: how the left value compares with the right. Of bools and enums only whether they differ."""

    left: Node
    right: Node


Source = Reading | Sign


def _shape(node: Node) -> tuple[Any, ...]:
    """The node without its place in the text: equal shapes share a property."""
    # 1 == True in Python, so the literal's type is part of its shape.
    return (node.op, node.type, node.value, *map(_shape, node.args))


class Properties:
    """The integer properties that a stage's conditions read, each with where its value comes from."""

    def __init__(self, facts: Mapping[str, FactDecl], computed: Iterable[str]) -> None:
        self.sources: dict[str, Source] = {}
        self._names: dict[tuple[Any, ...], str] = {}
        self._exact = {
            name
            for name, fact in facts.items()
            if fact.minimum < fact.maximum and fact.minimum >= -LARGEST and fact.maximum <= LARGEST
        }.difference(computed)

    def reading(self, node: Node) -> str:
        typed = node.type.unit in (Unit.BOOL, Unit.ENUM)
        exact = typed or (node.op is Op.REF and node.value in self._exact)
        return self._name((Reading, _shape(node)), Reading(node, exact))

    def sign(self, left: Node, right: Node) -> str:
        return self._name((Sign, _shape(left), _shape(right)), Sign(left, right))

    def _name(self, key: tuple[Any, ...], source: Source) -> str:
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"f{len(self._names)}"
            self.sources[name] = source
        return name


def normalised(node: Node, properties: Properties, longest_list: int = LONGEST_LIST) -> Condition:
    """The condition over `properties`, which gain those that it needs."""
    return _Normal(properties, longest_list).condition(node, wanted=True)


class _Normal:
    def __init__(self, properties: Properties, longest_list: int) -> None:
        self._properties = properties
        self._longest_list = longest_list

    def condition(self, node: Node, wanted: bool) -> Condition:
        """A condition that is true where `node` is `wanted`."""
        if _constant(node):
            return bool(constant(node)) is wanted
        match node.op:
            case Op.NOT:
                return self.condition(node.args[0], not wanted)
            case Op.AND | Op.OR:
                return _group((node.op is Op.AND) is wanted, [self.condition(arg, wanted) for arg in node.args])
            case Op.CMP:
                operator = node.value if wanted else OPPOSITE[node.value]
                return self._comparison(node.args[0], operator, node.args[1])
            case Op.IN:
                return self._member(node, wanted)
        return Atom(self._properties.reading(node), "==", int(wanted))

    def _comparison(self, left: Node, operator: str, right: Node) -> Condition:
        if _constant(left):
            left, operator, right = right, MIRRORED[operator], left
        if _constant(right):
            value = constant(right)
            if left.type.unit is Unit.BOOL:
                return self.condition(left, value is (operator == "=="))
            number = left.type.values.index(value) if left.type.unit is Unit.ENUM else value
            if abs(number) < LARGEST:
                return Atom(self._properties.reading(left), operator, number)
        return Atom(self._properties.sign(left, right), operator, 0)

    def _member(self, node: Node, wanted: bool) -> Condition:
        subject = node.args[0]
        if subject.type.unit is Unit.ENUM:
            numbers = sorted({subject.type.values.index(value) for value in node.value})
        else:
            numbers = sorted(set(map(int, node.value)))
        if not numbers:
            return not wanted
        if len(numbers) > self._longest_list or any(abs(number) >= LARGEST for number in numbers):
            return Atom(self._properties.reading(node), "==", int(wanted))
        name = self._properties.reading(subject)
        atoms = tuple(Atom(name, "==" if wanted else "!=", number) for number in numbers)
        return atoms[0] if len(atoms) == 1 else Group(not wanted, atoms, exclusive=wanted)


def _group(all: bool, parts: Iterable[Condition]) -> Condition:
    """Flat, without repeats and constants."""
    kept: dict[Atom | Group, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is not all:
                return part
        elif isinstance(part, Group) and part.all is all and not part.exclusive:
            kept.update(dict.fromkeys(part.parts))
        else:
            kept[part] = None
    if len(kept) < 2:
        return next(iter(kept), all)
    return Group(all, tuple(sorted(kept, key=order) if all else kept))


def order(part: Atom | Group) -> tuple[bool, bool, str, str, int]:
    """What narrows most comes first, and like stands beside like: the engine tests a shared beginning once."""
    if isinstance(part, Group):
        return (True, True, "", "", 0)
    return (False, part.operator != "==", part.property, part.operator, part.number)


def _constant(node: Node) -> bool:
    return node.op not in (Op.REF, Op.HAS) and all(map(_constant, node.args))
