"""A condition or a computation in words, with the parameters' values of a day. Knows nodes, not books.

The words are for a manager who reads no code; what decides is the expression itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.facts import Type, Unit, Value
from service.domain.money import PERCENT_SCALE, Rounding
from service.domain.units import value_text
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node, Op

_COMPARED = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ROUNDED = {Rounding.UP: ", rounded up", Rounding.DOWN: ", rounded down"}
_LOOSE = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.IF, Op.MIN, Op.MAX})


@dataclass(frozen=True, slots=True)
class Clause:
    """What must be so. `parts`: of `all of` and `any of`."""

    text: str
    parts: tuple[Clause, ...] = ()

    def one_line(self) -> str:
        if not self.parts:
            return self.text
        joint = " and " if self.text == ALL else " or "
        return joint.join(f"({part.one_line()})" if part.parts else part.one_line() for part in self.parts)


ALL, ANY = "all of", "any of"


@dataclass(frozen=True, slots=True)
class Wording:
    """`values`: what each parameter is on the day, by its name, where it has a value then."""

    values: Mapping[str, Value]
    currency: str

    def clause(self, node: Node, wanted: bool = True) -> Clause:
        """A yes-or-no expression, or its opposite."""
        match node.op:
            case Op.NOT:
                return self.clause(node.args[0], not wanted)
            case Op.AND | Op.OR:
                parts = tuple(self.clause(arg, wanted) for arg in node.args)
                return Clause(ALL if (node.op is Op.AND) is wanted else ANY, parts)
            case Op.IF:
                condition, then, otherwise = node.args
                return Clause(
                    ANY,
                    (
                        Clause(ALL, (self.clause(condition), self.clause(then, wanted))),
                        Clause(ALL, (self.clause(condition, wanted=False), self.clause(otherwise, wanted))),
                    ),
                )
        return Clause(self._fact(node, wanted))

    def _fact(self, node: Node, wanted: bool) -> str:
        match node.op:
            case Op.LIT:
                return "always" if node.value is wanted else "never"
            case Op.HAS:
                return f"{node.value} is {'given' if wanted else 'not given'}"
            case Op.IN:
                listed = ", ".join(self._value(node.args[0].type, value) for value in node.value)
                return f"{self.amount(node.args[0])} is {'one of' if wanted else 'none of'} {listed}"
            case Op.CMP:
                return self._comparison(node, wanted)
            case Op.REF if MEMBER in node.value.removeprefix(DECISION):
                name, _, member = node.value.partition(MEMBER)
                return f"{name} {'holds' if wanted else 'does not hold'} {member}"
        return f"{self.amount(node)} is {'yes' if wanted else 'no'}"

    def _comparison(self, node: Node, wanted: bool) -> str:
        left, right = node.args
        sign = node.value if wanted else _OPPOSITE[node.value]
        if left.type.unit is Unit.BOOL:
            if right.op is Op.LIT:
                return self.clause(left, (sign == "==") is right.value).one_line()
            same = "the same holds of" if sign == "==" else "the opposite holds of"
            return f"{same} ({self.clause(left).one_line()}) and ({self.clause(right).one_line()})"
        return f"{self.amount(left)} {_COMPARED[sign]} {self.amount(right)}"

    def amount(self, node: Node) -> str:
        """Any expression as what it comes to."""
        match node.op:
            case Op.LIT:
                return self._value(node.type, node.value)
            case Op.REF:
                return self._name(node)
            case Op.ADD | Op.SUB | Op.MUL:
                joint = {Op.ADD: "plus", Op.SUB: "minus", Op.MUL: "times"}[node.op]
                left = node.args[0]
                first = self.amount(left) if left.op is node.op else self._inner(left)
                return f"{first} {joint} {self._inner(node.args[1])}"
            case Op.DIV:
                return self._division(node)
            case Op.MIN | Op.MAX:
                listed = ", ".join(map(self.amount, _alternatives(node)))
                return f"the {'smallest' if node.op is Op.MIN else 'largest'} of ({listed})"
            case Op.IF:
                condition, then, otherwise = node.args
                return f"{self._inner(then)} if {self.clause(condition).one_line()}, otherwise {self._inner(otherwise)}"
        return self.clause(node).one_line()

    def _inner(self, node: Node) -> str:
        if node.op in (Op.MIN, Op.MAX):
            return self.amount(node)
        return f"({self.amount(node)})" if node.op in _LOOSE else self.amount(node)

    def _division(self, node: Node) -> str:
        (dividend,) = node.args
        divisor, rounding = node.value
        rounded = _ROUNDED.get(rounding, "")
        if dividend.op is Op.MUL and divisor == PERCENT_SCALE and dividend.args[0].type == node.type:
            whole, share = dividend.args
            if share.type.unit in (Unit.PERCENT, Unit.RATIO):
                return f"{self._inner(share)} of {self._inner(whole)}{rounded}"
        return f"{self._inner(dividend)} divided by {divisor}{rounded}"

    def _name(self, node: Node) -> str:
        value = self.values.get(node.value.removeprefix(PARAMETER)) if node.value.startswith(PARAMETER) else None
        return node.value if value is None else f"{node.value} ({self._value(node.type, value)})"

    def _value(self, type: Type, value: Value) -> str:
        return value_text(type, value, self.currency)


def _alternatives(node: Node) -> list[Node]:
    """min(min(a, b), c) compares three."""
    args: list[Node] = []
    for arg in node.args:
        args += _alternatives(arg) if arg.op is node.op else [arg]
    return args
