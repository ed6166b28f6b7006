"""The typed AST that every reader of a policy shares: fifteen operators, no side effects, no loops.

The parser makes untyped trees (`syntax.py`), the checks turn them into these (`expressions.py`); from then on a
node is right by construction, and no reader checks anything again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Node:
    """`span`: code point offsets in the source text of the expression, for findings and why-not."""

    op: Op
    type: Type
    args: tuple[Node, ...] = ()
    value: Any = None
    span: tuple[int, int] = (0, 0)


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
    for n in walk(node):
        if n.op is Op.REF:
            names.add(n.value)
        elif n.op is Op.HAS:
            names.add(HAS + n.value)
    return frozenset(names)
