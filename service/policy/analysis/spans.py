"""What a term's interval and its value follow from: those of its parts. One line an operator, for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.domain.money import divide
from service.policy.analysis.graph import Term

Spans = list[tuple[int, int]]


def _product(args: Spans) -> tuple[int, int]:
    (a, b), (c, d) = args
    corners = (a * c, a * d, b * c, b * d)
    return min(corners), max(corners)


def _equal(args: Spans) -> tuple[int, int]:
    (a, b), (c, d) = args
    return int(a == b == c == d), int(a <= d and c <= b)


def _either(args: Spans) -> tuple[int, int]:
    condition, then, otherwise = args
    if condition[0] == condition[1]:
        return then if condition[0] else otherwise
    return min(then[0], otherwise[0]), max(then[1], otherwise[1])


SPAN: dict[Term, Callable[[Any, Spans], tuple[int, int]]] = {
    Term.NOT: lambda data, args: (1 - args[0][1], 1 - args[0][0]),
    Term.AND: lambda data, args: (min([a[0] for a in args]), min([a[1] for a in args])),
    Term.OR: lambda data, args: (max([a[0] for a in args]), max([a[1] for a in args])),
    Term.AT_MOST: lambda data, args: (int(args[0][1] <= args[1][0]), int(args[0][0] <= args[1][1])),
    Term.EQUAL: lambda data, args: _equal(args),
    Term.ADD: lambda data, args: (args[0][0] + args[1][0], args[0][1] + args[1][1]),
    Term.SUBTRACT: lambda data, args: (args[0][0] - args[1][1], args[0][1] - args[1][0]),
    Term.MULTIPLY: lambda data, args: _product(args),
    Term.DIVIDE: lambda data, args: (divide(args[0][0], *data), divide(args[0][1], *data)),
    Term.LEAST: lambda data, args: (min(args[0][0], args[1][0]), min(args[0][1], args[1][1])),
    Term.MOST: lambda data, args: (max(args[0][0], args[1][0]), max(args[0][1], args[1][1])),
    Term.IF: lambda data, args: _either(args),
}
"""(the term's data, the intervals of its parts) -> its interval; that of single values is its value."""
