"""What a reader of expressions supplies, and the walk that every reader shares. Knows no rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from service.domain.facts import Type
from service.domain.money import Rounding
from service.policy.nodes import HAS, Node, Op

V = TypeVar("V")


class Algebra(Protocol[V]):
    """What a reader supplies. `let` names an intermediate result, so that it is computed once."""

    def lit(self, value: Any, type: Type) -> V: ...
    def not_(self, a: V) -> V: ...
    def and_(self, args: list[V]) -> V: ...
    def or_(self, args: list[V]) -> V: ...
    def cmp(self, operator: str, a: V, b: V) -> V: ...
    def in_(self, a: V, members: list[V]) -> V: ...
    def add(self, a: V, b: V) -> V: ...
    def sub(self, a: V, b: V) -> V: ...
    def mul(self, a: V, b: V) -> V: ...
    def div(self, a: V, divisor: int, rounding: Rounding) -> V: ...
    def min(self, a: V, b: V) -> V: ...
    def max(self, a: V, b: V) -> V: ...
    def if_(self, condition: V, then: V, otherwise: V) -> V: ...
    def let(self, name: str, type: Type, value: V) -> V: ...


def fold(node: Node, algebra: Algebra[V], env: Mapping[str, V]) -> V:
    """The value of one expression in an algebra."""
    op = node.op
    if op is _REF:
        return env[node.value]
    if op is _LIT:
        return algebra.lit(node.value, node.type)
    if op is _HAS:
        return env[HAS + node.value]
    value: V = _OPERATIONS[op](algebra, node, [fold(arg, algebra, env) for arg in node.args])
    return value


# Looking a member up in its enum takes Python 3.11 longer than the rest of a step does.
_REF, _LIT, _HAS = Op.REF, Op.LIT, Op.HAS
_OPERATIONS: dict[Op, Callable[[Algebra[Any], Node, list[Any]], Any]] = {
    Op.NOT: lambda algebra, node, args: algebra.not_(args[0]),
    Op.AND: lambda algebra, node, args: algebra.and_(args),
    Op.OR: lambda algebra, node, args: algebra.or_(args),
    Op.CMP: lambda algebra, node, args: algebra.cmp(node.value, args[0], args[1]),
    Op.IN: lambda algebra, node, args: algebra.in_(args[0], [algebra.lit(v, node.args[0].type) for v in node.value]),
    Op.ADD: lambda algebra, node, args: algebra.add(args[0], args[1]),
    Op.SUB: lambda algebra, node, args: algebra.sub(args[0], args[1]),
    Op.MUL: lambda algebra, node, args: algebra.mul(args[0], args[1]),
    Op.DIV: lambda algebra, node, args: algebra.div(args[0], *node.value),
    Op.MIN: lambda algebra, node, args: algebra.min(args[0], args[1]),
    Op.MAX: lambda algebra, node, args: algebra.max(args[0], args[1]),
    Op.IF: lambda algebra, node, args: algebra.if_(args[0], args[1], args[2]),
}
