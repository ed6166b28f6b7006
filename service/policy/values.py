"""The reference reader: the tree walked with plain Python integers. Slow, obvious, and what the others are held to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from service.domain.facts import Type, Value
from service.domain.money import Rounding, divide
from service.policy.nodes import Node
from service.policy.program import fold

Plain = int | bool | str

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ValueAlgebra:
    def lit(self, value: Plain, type: Type) -> Plain:
        return value

    def not_(self, a: bool) -> bool:
        return not a

    def and_(self, args: list[bool]) -> bool:
        return all(args)

    def or_(self, args: list[bool]) -> bool:
        return any(args)

    def cmp(self, operator: str, a: Plain, b: Plain) -> bool:
        return COMPARISONS[operator](a, b)

    def in_(self, a: Plain, members: list[Plain]) -> bool:
        return a in members

    def add(self, a: int, b: int) -> int:
        return a + b

    def sub(self, a: int, b: int) -> int:
        return a - b

    def mul(self, a: int, b: int) -> int:
        return a * b

    def div(self, a: int, divisor: int, rounding: Rounding) -> int:
        return divide(a, divisor, rounding)

    def min(self, a: int, b: int) -> int:
        return min(a, b)

    def max(self, a: int, b: int) -> int:
        return max(a, b)

    def if_(self, condition: bool, then: Plain, otherwise: Plain) -> Plain:
        return then if condition else otherwise

    def let(self, name: str, type: Type, value: Plain) -> Plain:
        return value


_VALUES = ValueAlgebra()


def evaluate_node(node: Node, env: Mapping[str, Any]) -> Value:
    """The value of a bound node. `env`: facts with their `has:` entries, slots, and `slot:member` bools."""
    value: Value = fold(node, _VALUES, env)
    return value
