"""A typed node back to CEL text, with no more parentheses than it needs: for why-not, diffs and docs.

Reading the text again gives the same tree, except that parameters already replaced by numbers stay numbers.
"""

from __future__ import annotations

from service.domain.facts import Type, Unit
from service.domain.money import PERCENT_SCALE, Rounding
from service.domain.units import decimal_text
from service.policy.nodes import MEMBER, Node, Op
from service.policy.unit_rules import decimals

_IF, _OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _ATOM = range(1, 9)
_SHARES = {Unit.PERCENT, Unit.RATIO}
_DIRECTIONS = {Rounding.UP: "_up", Rounding.DOWN: "_down"}


def cel(node: Node, currency: str) -> str:
    """`currency`: that of the money literals in the tree."""
    return _written(node, 0, currency)


def _written(node: Node, least: int, currency: str) -> str:
    """`least`: how tightly the surroundings bind; what binds looser goes in parentheses."""
    strength, text = _rendered(node, currency)
    return text if strength >= least else f"({text})"


def _rendered(node: Node, currency: str) -> tuple[int, str]:
    def part(index: int, least: int) -> str:
        return _written(node.args[index], least, currency)

    match node.op:
        case Op.LIT:
            return (_UNARY if isinstance(node.value, int) and node.value < 0 else _ATOM), literal(
                node.value, node.type, currency
            )
        case Op.REF:
            name, _, member = node.value.partition(MEMBER)
            return (_RELATION, f"{_quoted(member)} in {name}") if member else (_ATOM, name)
        case Op.HAS:
            return _ATOM, f"has({node.value})"
        case Op.NOT:
            return _UNARY, "!" + part(0, _UNARY)
        case Op.AND:
            return _AND, " && ".join(_written(arg, _RELATION, currency) for arg in node.args)
        case Op.OR:
            return _OR, " || ".join(_written(arg, _AND, currency) for arg in node.args)
        case Op.CMP:
            return _RELATION, f"{part(0, _SUM)} {node.value} {part(1, _SUM)}"
        case Op.IN:
            members = ", ".join(literal(value, node.args[0].type, currency) for value in node.value)
            return _RELATION, f"{part(0, _SUM)} in [{members}]"
        case Op.ADD | Op.SUB:
            return _SUM, f"{part(0, _SUM)} {'+' if node.op is Op.ADD else '-'} {part(1, _PRODUCT)}"
        case Op.MUL:
            return _PRODUCT, f"{part(0, _PRODUCT)} * {part(1, _UNARY)}"
        case Op.IF:
            return _IF, f"{part(0, _OR)} ? {part(1, _OR)} : {part(2, _IF)}"
        case Op.MIN | Op.MAX:
            args = ", ".join(_written(arg, 0, currency) for arg in _spine(node))
            return _ATOM, f"{node.op.value}({args})"
        case Op.DIV:
            return _ATOM, _division(node, currency)


def _spine(node: Node) -> list[Node]:
    """min(min(a, b), c) is written min(a, b, c)."""
    args = [node.args[1]]
    first = node.args[0]
    while first.op is node.op:
        args.append(first.args[1])
        first = first.args[0]
    return [first, *reversed(args)]


def _division(node: Node, currency: str) -> str:
    divisor, rounding = node.value
    (dividend,) = node.args
    direction = _DIRECTIONS.get(rounding, "")
    if dividend.op is Op.MUL and divisor == PERCENT_SCALE:
        whole, share = dividend.args
        # A plain product of a count and a percent is a percent: only percent() keeps the type of the whole.
        if share.type.unit in _SHARES and whole.type == dividend.type:
            return f"percent{direction}({_written(whole, 0, currency)}, {_written(share, 0, currency)})"
    return f"div{direction or '_round'}({_written(dividend, 0, currency)}, {divisor})"


def literal(value: int | bool | str, type: Type, currency: str) -> str:
    """As it is written in an expression: money 5050 is `50.50`, percent 1250 is `12.5`."""
    if isinstance(value, str):
        return _quoted(value)
    if type.unit is Unit.BOOL:
        return "true" if value else "false"
    digits = decimals(type, currency)
    if type.unit is Unit.MONEY and value % 10**digits:
        whole, rest = divmod(abs(value), 10**digits)
        return f"{'-' if value < 0 else ''}{whole}.{rest:0{digits}}"
    return decimal_text(value, 10**digits)


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'
