"""The typed AST that every reader of a policy shares: fifteen operators, no side effects, no loops.

The parser makes untyped trees (`syntax.py`), the checks turn them into these (`expressions.py`); from then on a
node is right by construction, and no reader checks anything again.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from service.domain.facts import Type


class Op(StrEnum):
    LIT = "lit"  # value: int, bool or str
    REF = "ref"  # value: name of a fact, parameter or slot
    HAS = "has"  # value: name of an optional fact
    NOT = "not"
    AND = "and"  # two or more args
    OR = "or"
    CMP = "cmp"  # value: one of == != < <= > >=
    IN = "in"  # one arg; value: tuple of literal values
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"  # one arg; value: (positive divisor, Rounding)
    MIN = "min"
    MAX = "max"
    IF = "if"  # args: condition, then, else


class Node(NamedTuple):
    """`span`: code point offsets in the source text of the expression, for findings and why-not.

    A tuple, because a book has some ten nodes a rule and tuples are made in a third of a dataclass's time.
    """

    op: Op
    type: Type
    args: tuple[Node, ...] = ()
    value: Any = None
    span: tuple[int, int] = (0, 0)


_REF, _HAS = Op.REF, Op.HAS
"""Looking a member up in its enum takes Python 3.11 longer than all else that is done with most nodes."""

PARAMETER = "params."
DECISION = "decision."
"""Name prefixes: parameters of the book; slots and formulas. All other names are request or derived facts."""

MEMBER = ":"
"""`decision.approvals:owner` is the bool 'owner is in the union slot', what `"owner" in decision.approvals` means."""

HAS = "has:"
"""`has:deal.budget` is the bool that stands beside an optional fact."""


def walk(node: Node) -> Iterator[Node]:
    yield node
    for arg in node.args:
        yield from walk(arg)


def references(node: Node) -> frozenset[str]:
    """Every name that the node reads; `has(x)` reads `has:x`."""
    names = set()
    waiting = [node]
    for op, _, args, value, _ in waiting:
        if args:
            waiting += args
        elif op is _REF:
            names.add(value)
        elif op is _HAS:
            names.add(HAS + value)
    return frozenset(names)
