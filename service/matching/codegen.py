"""Policy expressions as Python source text, compiled once. Knows nothing of durable_rules or of what fires.

Deep trees are broken into numbered lines, so neither a chain of thousands of `max` nor of `+` nests in the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import compress
from typing import Any, NamedTuple

from service.domain.facts import Type
from service.domain.money import Rounding
from service.domain.names import compiled
from service.policy.nodes import Node, Op
from service.policy.program import fold

DEEPEST = 20
"""Operators nested in one line; CPython refuses 200 nested parentheses."""

SMALL_SET = 6
"""Up to here a scan of a tuple beats hashing into a set."""


class Term(NamedTuple):
    """Python text of a value. Depth 0: a name or a literal, cheap to repeat.

    `low`, `high`: ends that a number can't leave, as far as literals alone tell; None is no end.
    """

    text: str
    depth: int = 0
    low: int | None = None
    high: int | None = None

    @property
    def number(self) -> int | None:
        """Of a literal, or of what comes to one."""
        return self.low if self.low == self.high else None


FALSE, TRUE = Term("False"), Term("True")


def half_even(x: int, k: int) -> int:
    quotient, rest = divmod(x, k)
    return quotient + (2 * rest > k or (2 * rest == k and quotient % 2 == 1))


class PythonLines:
    """The algebra whose values are Python text; `lines` is the body that computes them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names = 0

    def named(self, term: Term) -> Term:
        """A term that may be repeated in the text without being computed again."""
        if term.depth == 0:
            return term
        self._names += 1
        name = f"v{self._names}"
        # Every text of some depth stands in parentheses; without them Python reads the line faster.
        self.lines.append(f"{name}={term.text[1:-1]}")
        return Term(name, 0, term.low, term.high)

    def _term(self, text: str, *args: Term, low: int | None = None, high: int | None = None) -> Term:
        """`text` stands in parentheses."""
        if low is not None and low == high:
            return _number(low)
        depth = 1
        for arg in args:
            if arg.depth >= depth:
                depth = arg.depth + 1
        term = Term(text, depth, low, high)
        return self.named(term) if depth >= DEEPEST else term

    def let(self, name: str, type: Type, value: Term) -> Term:
        return self.named(value)

    def lit(self, value: Any, type: Type) -> Term:
        return _number(value) if isinstance(value, int) and not isinstance(value, bool) else Term(repr(value))

    def not_(self, a: Term) -> Term:
        return self._term(f"(not {a.text})", a)

    def and_(self, args: list[Term]) -> Term:
        return self._joined(" and ", args, neutral=TRUE)

    def or_(self, args: list[Term]) -> Term:
        return self._joined(" or ", args, neutral=FALSE)

    def _joined(self, word: str, args: list[Term], neutral: Term) -> Term:
        rest = [arg for arg in args if arg != neutral]
        if len(rest) < 2:
            return rest[0] if rest else neutral
        return self._term(f"({word.join(arg.text for arg in rest)})", *rest)

    def cmp(self, operator: str, a: Term, b: Term) -> Term:
        return self._term(f"({a.text} {operator} {b.text})", a, b)

    def in_(self, a: Term, members: list[Term]) -> Term:
        if not members:
            return FALSE
        listed = ", ".join(member.text for member in members)
        return self._term(f"({a.text} in {f'({listed},)' if len(members) <= SMALL_SET else f'{{{listed}}}'})", a)

    def add(self, a: Term, b: Term) -> Term:
        if a.number == 0:
            return b
        if b.number == 0:
            return a
        return self._term(f"({a.text} + {b.text})", a, b, low=_sum(a.low, b.low), high=_sum(a.high, b.high))

    def sub(self, a: Term, b: Term) -> Term:
        low, high = _sum(a.low, _negative(b.high)), _sum(a.high, _negative(b.low))
        return self._term(f"({a.text} - {b.text})", a, b, low=low, high=high)

    def mul(self, a: Term, b: Term) -> Term:
        if b.number == 1:
            return a
        if a.low is None or a.high is None or b.low is None or b.high is None:
            return self._term(f"({a.text} * {b.text})", a, b)
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return self._term(f"({a.text} * {b.text})", a, b, low=min(ends), high=max(ends))

    def div(self, a: Term, divisor: int, rounding: Rounding) -> Term:
        x, k = self.named(a).text, divisor
        match rounding:
            case Rounding.DOWN:
                text = f"({x} // {k})"
            case Rounding.UP:
                text = f"(-(-{x} // {k}))"
            case Rounding.HALF_UP:
                text = f"((2 * {x} + {k}) // {2 * k} if {x} >= 0 else -(({k} - 2 * {x}) // {2 * k}))"
            case Rounding.HALF_EVEN:
                text = f"(half_even({x}, {k}))"
        return self._term(text)

    def min(self, a: Term, b: Term) -> Term:
        if _at_most(a, b) or _at_most(b, a):
            return a if _at_most(a, b) else b
        x, y = self.named(a), self.named(b)
        high = min([end for end in (a.high, b.high) if end is not None], default=None)
        return self._term(f"({x.text} if {x.text} <= {y.text} else {y.text})", low=_lower(a, b), high=high)

    def max(self, a: Term, b: Term) -> Term:
        if _at_most(a, b) or _at_most(b, a):
            return b if _at_most(a, b) else a
        x, y = self.named(a), self.named(b)
        low = max([end for end in (a.low, b.low) if end is not None], default=None)
        return self._term(f"({x.text} if {x.text} >= {y.text} else {y.text})", low=low, high=_higher(a, b))

    def if_(self, condition: Term, then: Term, otherwise: Term) -> Term:
        if condition in (TRUE, FALSE) or then == otherwise:
            return otherwise if condition == FALSE else then
        text = f"({then.text} if {condition.text} else {otherwise.text})"
        low, high = _lower(then, otherwise), _higher(then, otherwise)
        return self._term(text, condition, then, otherwise, low=low, high=high)


def _number(value: int) -> Term:
    return Term(str(value) if value >= 0 else f"({value})", 0, value, value)


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _negative(a: int | None) -> int | None:
    return None if a is None else -a


def _at_most(a: Term, b: Term) -> bool:
    """Whether `a <= b` is sure."""
    return a.high is not None and b.low is not None and a.high <= b.low


def _lower(a: Term, b: Term) -> int | None:
    return None if a.low is None or b.low is None else min(a.low, b.low)


def _higher(a: Term, b: Term) -> int | None:
    return None if a.high is None or b.high is None else max(a.high, b.high)


class Loads(dict[str, Term]):
    """Names of the env that a function reads, each given a local the first time it is asked for."""

    def __init__(self, env: str = "env") -> None:
        super().__init__()
        self.env = env
        self.lines: list[str] = []

    def __missing__(self, name: str) -> Term:
        term = self[name] = Term(f"f{len(self.lines)}")
        self.lines.append(f"{term.text}={self.env}[{name!r}]")
        return term


class Module:
    """Functions written as text, compiled together."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.names: dict[str, Any] = {"half_even": half_even, "compress": compress}
        self._text: list[str] = []

    def function(self, name: str, parameter: str, body: Iterable[str]) -> None:
        self._text.append(f"def {name}({parameter}):\n " + "\n ".join(body))

    def expression(self, name: str, node: Node) -> None:
        """`name(env)`: the value of one node."""
        code, loads = PythonLines(), Loads()
        term = fold(node, code, loads)
        self.function(name, "env", [*loads.lines, *code.lines, f"return {term.text}"])

    def build(self) -> Callable[[str], Any]:
        """A look-up of the compiled functions by name."""
        # The text holds only generated names, operators and reprs of typed literals, never text of a book.
        exec(compiled("\n".join(self._text), self.title), self.names)
        return self.names.__getitem__


_LOCAL = re.compile(r"\bf\d+\b")


def locals_used(lines: Iterable[str]) -> set[str]:
    """Names that `Loads` gave out and the lines read; a literal that looks like one is only a needless load."""
    return {name for line in lines for name in _LOCAL.findall(line)}


def constant(node: Node) -> Any:
    """The value of a tree without references."""
    if node.op is Op.LIT:
        return node.value
    module = Module("constant")
    module.expression("value", node)
    return module.build()("value")({})
