"""What an expression, a value or a text means, as a key: equal where two books say the same in whatever spelling.

Knows single expressions, not books. Positions, member lists of types and the book's own rounding don't count: whoever
declares those tells their changes, once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from service.domain.facts import NUMERIC, Type
from service.domain.money import Rounding
from service.policy.book import Template
from service.policy.nodes import MEMBER, Node, Op
from service.policy.unit_rules import decimals

Names = Mapping[str, str]
"""Names of the earlier book to those that they have in the later one, where these differ."""

_DIGITS = 4
"""No unit is written with more of them behind the point: a ratio, and the money of ISO 4217, have four at most."""

_AS_WRITTEN = (Rounding.UP, Rounding.DOWN)


def value_key(type: Type, value: Any, currency: str) -> Hashable:
    """A number counts as it is written: 50.00 EUR is 50.00 USD, and the book's currency another matter."""
    if type.unit in NUMERIC and value is not None:
        scale: int = 10 ** (_DIGITS - decimals(type, currency))
        return int(value) * scale
    return (type.unit, value)


def node_key(node: Node, currency: str, names: Names) -> Hashable:
    match node.op:
        case Op.LIT:
            return (node.op, value_key(node.type, node.value, currency))
        case Op.REF | Op.HAS:
            name, mark, member = node.value.partition(MEMBER)
            return (node.op, names.get(name, name) + mark + member)
    args = [node_key(arg, currency, names) for arg in node.args]
    match node.op:
        case Op.AND | Op.OR:
            return (node.op, frozenset(args))
        case Op.IN:
            return (node.op, *args, frozenset(value_key(node.args[0].type, value, currency) for value in node.value))
        case Op.DIV:
            divisor, rounding = node.value
            return (node.op, *args, divisor, rounding if rounding in _AS_WRITTEN else "")
    return (node.op, node.value, *args)


def template_key(template: Template, currency: str, names: Names) -> Hashable:
    return tuple(part if isinstance(part, str) else node_key(part, currency, names) for part in template.parts)


def template_text(template: Template) -> str:
    return "".join(part if isinstance(part, str) else f"{{{part.value}}}" for part in template.parts)
