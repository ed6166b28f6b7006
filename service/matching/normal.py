"""Conditions as the engine can take them: and/or over comparisons of one integer property with a literal.

All facts are present and typed, so pushing negations inward is exact. What the engine lacks or does wrongly
(arithmetic, comparing two properties, integers past 2^53, long lists) becomes a property worked out in Python.
Knows nothing of durable_rules' calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.domain.facts import FactDecl, Unit
from service.matching.codegen import constant
from service.policy.nodes import Node, Op

LARGEST = 2**53 - 1
"""The engine's integers are exact up to here; properties are clamped to it, literals stay below it."""

LONGEST_LIST = 12
"""A longer `in` list is looked up in Python: each member would take a place in the engine's tables."""

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Atom(NamedTuple):
    """`property operator number`."""

    property: str
    operator: str
    number: int


class Group(NamedTuple):
    """All or any of its parts. `exclusive`: at most one part of an any-group can be true."""

    all: bool
    parts: tuple[Atom | Group, ...]
    exclusive: bool = False


Condition = Atom | Group | bool
"""A bool is a condition that no fact can change."""


@dataclass(frozen=True, slots=True)
class Truth:
    """1 where the node is `wanted`. Elsewhere the engine is told nothing, which makes every test of it false: most
    of what can be said of a request isn't so, and the engine takes its time over each thing said."""

    node: Node
    wanted: bool


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


Source = Truth | Reading | Sign


def _shape(node: Node) -> tuple[Any, ...]:
    """The node without its place in the text: equal shapes share a property."""
    if node.op is _REF:
        return _REF, node.value
    # 1 == True in Python, so the literal's type is part of its shape.
    return (node.op, node.type, node.value, *map(_shape, node.args))


# Looking a member up in its enum takes Python 3.11 longer than the rest of a step does.
_REF, _HAS, _LIT, _NOT, _AND, _OR, _CMP, _IN = Op.REF, Op.HAS, Op.LIT, Op.NOT, Op.AND, Op.OR, Op.CMP, Op.IN
_BOOL, _ENUM = Unit.BOOL, Unit.ENUM


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

    def truth(self, node: Node, wanted: bool) -> str:
        key = (Truth, wanted, _shape(node))
        return self._names.get(key) or self._named(key, Truth(node, wanted))

    def reading(self, node: Node) -> str:
        key = (Reading, _shape(node))
        return self._names.get(key) or self._named(key, Reading(node, self._is_exact(node)))

    def sign(self, left: Node, right: Node) -> str:
        key = (Sign, _shape(left), _shape(right))
        return self._names.get(key) or self._named(key, Sign(left, right))

    def _is_exact(self, node: Node) -> bool:
        return node.type.unit in (_BOOL, _ENUM) or (node.op is _REF and node.value in self._exact)

    def _named(self, key: tuple[Any, ...], source: Source) -> str:
        name = self._names[key] = f"f{len(self._names)}"
        self.sources[name] = source
        return name


def normalised(
    node: Node, properties: Properties, longest_list: int = LONGEST_LIST, alternatives: bool = True
) -> Condition:
    """The condition over `properties`, which gain those that it needs. Without `alternatives` each `||` is one."""
    return _Normal(properties, longest_list, alternatives).condition(node, wanted=True)


class _Normal:
    def __init__(self, properties: Properties, longest_list: int, alternatives: bool) -> None:
        self._properties = properties
        self._longest_list = longest_list
        self._alternatives = alternatives

    def condition(self, node: Node, wanted: bool) -> Condition:
        """A condition that is true where `node` is `wanted`."""
        if _constant(node):
            return bool(constant(node)) is wanted
        op = node.op
        if op is _CMP:
            return self._comparison(node.args[0], node.value if wanted else OPPOSITE[node.value], node.args[1])
        if op is _AND or op is _OR:
            if (op is _OR) is wanted and not self._alternatives:
                return self._truth(node, wanted)
            return _group((op is _AND) is wanted, [self.condition(arg, wanted) for arg in node.args])
        if op is _NOT:
            return self.condition(node.args[0], not wanted)
        if op is _IN:
            return self._member(node, wanted)
        return self._truth(node, wanted)

    def _truth(self, node: Node, wanted: bool) -> Atom:
        return Atom(self._properties.truth(node, wanted), "==", 1)

    def _comparison(self, left: Node, operator: str, right: Node) -> Condition:
        if _constant(left):
            left, operator, right = right, MIRRORED[operator], left
        if _constant(right):
            value = constant(right)
            if left.type.unit is _BOOL:
                return self.condition(left, value is (operator == "=="))
            number = left.type.values.index(value) if left.type.unit is _ENUM else value
            if abs(number) < LARGEST:
                return Atom(self._properties.reading(left), operator, number)
        return Atom(self._properties.sign(left, right), operator, 0)

    def _member(self, node: Node, wanted: bool) -> Condition:
        subject = node.args[0]
        if subject.type.unit is _ENUM:
            numbers = sorted({subject.type.values.index(value) for value in node.value})
        else:
            numbers = sorted(set(map(int, node.value)))
        if not numbers:
            return not wanted
        if len(numbers) > self._longest_list or any(abs(number) >= LARGEST for number in numbers):
            return self._truth(node, wanted)
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
    op = node.op
    return op is _LIT or (op is not _REF and op is not _HAS and all(map(_constant, node.args)))
