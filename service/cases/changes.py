"""Small changes of one expression, each of the kind that a slip of the hand makes. Knows nodes, not books."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from service.domain.facts import NUMERIC, Type, Unit
from service.domain.money import PERCENT_SCALE
from service.policy.nodes import Node, Op
from service.policy.text import cel

STEPS = {Unit.PERCENT: 100, Unit.RATIO: 1_000}
"""One step as it is written: 1 %, 0.1 x; of every other unit the smallest amount there is: a cent, a day, one."""

_OPPOSITE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_SAME_AS_OPPOSITE = {("<", 1), (">=", 1), ("<=", -1), (">", -1)}
"""`x < 5` with the 5 a step up is `x <= 5` over again: counted once."""


class Change(NamedTuple):
    """`node`: the whole expression with the change in it. `before` and `after` show the part that differs."""

    kind: str
    node: Node
    before: str
    after: str


class _Part(NamedTuple):
    """A part of an expression replaced, and the part as shown: with what surrounds a number."""

    kind: str
    node: Node
    before: Node
    after: Node


def step(type: Type) -> int:
    return STEPS.get(type.unit, 1)


def changes(root: Node, currency: str) -> Iterator[Change]:
    """In the order of the text. What the loader would refuse is no change: a `has()` that guards is left alone."""
    for part in _parts(root):
        yield Change(part.kind, part.node, cel(part.before, currency), cel(part.after, currency))


def _parts(node: Node) -> Iterator[_Part]:
    match node.op:
        case Op.LIT:
            yield from _literals(node)
        case Op.REF if node.type.unit is Unit.BOOL:
            yield _Part("connective", _not(node), node, _not(node))
        case Op.CMP:
            changed = node._replace(value=_OPPOSITE[node.value])
            yield _Part("comparison", changed, node, changed)
        case Op.IN:
            yield from _members(node)
        case Op.NOT if node.args[0].op is not Op.HAS:
            yield _Part("connective", node.args[0], node, node.args[0])
        case Op.AND | Op.OR:
            yield from _connectives(node)
        case Op.DIV:
            yield from _divisors(node)
    for index, arg in enumerate(node.args):
        for part in _parts(arg):
            if not _told_already(node, index, part):
                yield _within(node, index, part)


def _within(node: Node, index: int, part: _Part) -> _Part:
    """A number alone says little: it is shown in the expression around it, a percent() as a whole."""
    changed = node._replace(args=(*node.args[:index], part.node, *node.args[index + 1 :]))
    if part.kind == "literal" and (part.before.op is Op.LIT or (node.op is Op.DIV and part.before is node.args[0])):
        return _Part(part.kind, changed, node, changed)
    return part._replace(node=changed)


def _told_already(node: Node, index: int, part: _Part) -> bool:
    old, new = node.args[index], part.node
    if node.op is Op.NOT and old.op is Op.REF:
        return True  # `!!x`: the `!` left out, over again
    if node.op is not Op.CMP or old.op is not Op.LIT or isinstance(old.value, (bool, str)):
        return False
    direction = (new.value - old.value) * (1 if index == 1 else -1)
    return (node.value, direction) in _SAME_AS_OPPOSITE


def _literals(node: Node) -> Iterator[_Part]:
    if node.type.unit in NUMERIC:
        values: list[Any] = [node.value + step(node.type)]
        values += [node.value - step(node.type)] if node.value >= step(node.type) or node.value < 0 else []
    elif node.type.unit is Unit.BOOL:
        values = [not node.value]
    else:
        values = [following(node.type, node.value)]
    for value in values:
        if value != node.value:
            changed = node._replace(value=value)
            yield _Part("literal", changed, node, changed)


def following(type: Type, member: str) -> str:
    """The next of an enum's members, after the last the first."""
    return type.values[(type.values.index(member) + 1) % len(type.values)]


def _members(node: Node) -> Iterator[_Part]:
    for index in range(len(node.value)):
        if len(node.value) > 1:
            changed = node._replace(value=node.value[:index] + node.value[index + 1 :])
            yield _Part("literal", changed, node, changed)
    yield _Part("connective", _not(node), node, _not(node))


def _connectives(node: Node) -> Iterator[_Part]:
    if not any(map(_guards, node.args)):
        other = node._replace(op=Op.OR if node.op is Op.AND else Op.AND)
        yield _Part("connective", other, node, other)


def _guards(node: Node) -> bool:
    return node.op is Op.HAS or (node.op is Op.NOT and node.args[0].op is Op.HAS)


def _divisors(node: Node) -> Iterator[_Part]:
    divisor, rounding = node.value
    if node.args[0].op is Op.MUL and divisor == PERCENT_SCALE:
        return  # the scale of percent(), not a number that anybody wrote
    for value in (divisor + 1, divisor - 1):
        if value > 0:
            changed = node._replace(value=(value, rounding))
            yield _Part("literal", changed, node, changed)


def _not(node: Node) -> Node:
    return Node(Op.NOT, node.type, (node,), None, node.span)


def raised(node: Node, currency: str) -> Change:
    """A computed amount, one step more."""
    more = Node(Op.LIT, node.type, (), step(node.type), node.span)
    changed = Node(Op.ADD, node.type, (node, more), None, node.span)
    return Change("effect", changed, cel(node, currency), cel(changed, currency))
