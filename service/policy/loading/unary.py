"""Input cells of a decision table: unary tests as the conditions that they stand for.

A test is written out in the expression language, so that every reader of conditions reads rows too. Knows one column
at a time; neither rows nor files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from service.domain.facts import BOOL, Type, Unit
from service.policy.book import Expression
from service.policy.loading.cells import COMMA, CellRefused, cell_value, refuse_formula
from service.policy.nodes import Node, Op
from service.policy.text import literal
from service.policy.unit_rules import called, nearest, numeric

LONGEST_CELL = 1_000
DEEPEST_NOT = 5

ANY = ("", "-")
HAS, ABSENT = "has", "absent"

_TOKEN = re.compile(
    r"\s*(?:(?P<not>not\s*\()|(?P<operator><=|>=|!=|<|>|==?)|(?P<dots>\.\.)|(?P<sign>[][(),])"
    r"|(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:\s*%|\s*x\b)?)"
    r"|(?P<name>params\.[a-z][a-z0-9_]*)|(?P<word>[^\W\d]\w*))"
)
_COMMA_IN_NUMBER = re.compile(r"[0-9],[0-9]")
_TYPOGRAPHIC = str.maketrans("\u201c\u201d\u201e\u2018\u2019\u201a\u00a0", "\"\"\"'''\u0020")


class Clause(NamedTuple):
    """Text in the expression language, and its node with spans into that text."""

    text: str
    node: Node


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Column:
    """An input. `optional`: a fact that requests may leave out; a test of its value implies that it is there."""

    input: Expression
    optional: bool
    parameters: Mapping[str, Type]
    currency: str
    seen: dict[str, tuple[Clause, ...]] = field(default_factory=dict)

    def tests(self, cell: str) -> tuple[Clause, ...]:
        """What must all be so for the cell to fit; nothing for `-`. Raises CellRefused."""
        found = self.seen.get(cell)
        if found is None:
            found = self.seen[cell] = _tests(self, cell)
        return found

    def subject(self) -> Clause:
        text, node = self.input.source.strip(), self.input.node
        node = shifted(node, len(text) - len(self.input.source.lstrip()))
        return Clause(text, node) if node.op is Op.REF else _enclosed(Clause(text, node))


def shifted(node: Node, by: int) -> Node:
    if not by:
        return node
    start, end = node.span
    return Node(node.op, node.type, tuple([shifted(arg, by) for arg in node.args]), node.value, (start + by, end + by))


def joined(clauses: list[Clause], op: Op) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    word = " && " if op is Op.AND else " || "
    args, at = [], 0
    for text, node in clauses:
        args.append(shifted(node, at))
        at += len(text) + len(word)
    text = word.join([text for text, _ in clauses])
    return Clause(text, Node(op, BOOL, tuple(args), None, (0, len(text))))


def _enclosed(clause: Clause) -> Clause:
    text = f"({clause.text})"
    return Clause(text, shifted(clause.node, 1)._replace(span=(0, len(text))))


def _tests(column: Column, cell: str) -> tuple[Clause, ...]:
    if cell in ANY:
        return ()
    if len(cell) > LONGEST_CELL:
        raise CellRefused("too-long", f"a cell may have {LONGEST_CELL:,} characters, this one has {len(cell):,}")
    present = _has(column) if column.optional else None
    if cell in (HAS, ABSENT) and cell not in column.input.node.type.values:
        if present is None:
            message = f"`{column.input.source}` is always there"
            raise CellRefused("wrong-arguments", message, "leave the cell empty, or -")
        return (present,) if cell == HAS else (_not(present),)
    if numeric(column.input.node.type) and (comma := _COMMA_IN_NUMBER.search(cell)):
        raise CellRefused("syntax-error", f"`{comma[0]}` could mean several things", COMMA, comma.start())
    clauses = tuple(_Parser(column, cell).whole())
    return clauses if present is None else (present, *clauses)


def _has(column: Column) -> Clause:
    name = column.input.node.value
    text = f"has({name})"
    return Clause(text, Node(Op.HAS, BOOL, (), name, (0, len(text))))


def _not(clause: Clause) -> Clause:
    if clause.node.op not in (Op.HAS, Op.REF):
        clause = _enclosed(clause)
    text = "!" + clause.text
    return Clause(text, Node(Op.NOT, BOOL, (shifted(clause.node, 1),), None, (0, len(text))))


class _Parser:
    """One cell: tests between commas, each a comparison, an interval, a value or not(...)."""

    def __init__(self, column: Column, cell: str) -> None:
        self.column, self.cell = column, cell
        self.type = column.input.node.type
        self.subject = column.subject()
        self.tokens = _tokens(cell.translate(_TYPOGRAPHIC))
        self.next = 0

    def whole(self) -> list[Clause]:
        clauses = self.alternatives(0)
        if self.peek().kind:
            raise self.unexpected()
        return clauses

    def alternatives(self, depth: int) -> list[Clause]:
        """Clauses of which all must hold: one test's own, or one clause that joins several tests."""
        tests = [self.test(depth)]
        while self.peek().text == ",":
            self.take()
            tests.append(self.test(depth))
        if len(tests) == 1:
            return tests[0]
        equal = [self.listed(test) for test in tests]
        values = [node for node in equal if node is not None]
        return [self.member(values) if len(values) == len(tests) else _enclosed(self.either(tests))]

    def test(self, depth: int) -> list[Clause]:
        token = self.peek()
        if token.kind == "not":
            if depth == DEEPEST_NOT:
                raise CellRefused("too-deep", f"not() inside not() more than {DEEPEST_NOT} deep", at=token.at)
            self.take()
            inner = joined(self.alternatives(depth + 1), Op.AND)
            self.closing(")")
            return [_not(inner)]
        if token.kind == "operator":
            self.take()
            operator = "==" if token.text in ("=", "==") else token.text
            if operator not in ("==", "!=") and not numeric(self.type):
                message = f"`{token.text}` needs numbers; `{self.subject.text}` is {called(self.type)}"
                raise CellRefused("unit-mismatch", message, "list the values", token.at)
            return [self.compared(operator, self.endpoint())]
        if token.text in ("[", "("):
            return self.interval()
        return [self.compared("==", self.endpoint())]

    def interval(self) -> list[Clause]:
        opening = self.take()
        if not numeric(self.type):
            message = f"an interval needs numbers; `{self.subject.text}` is {called(self.type)}"
            raise CellRefused("unit-mismatch", message, "list the values", opening.at)
        low = self.endpoint()
        if self.peek().kind != "dots":
            raise self.unexpected("an interval is written [a..b], [a..b), (a..b] or (a..b)")
        self.take()
        high = self.endpoint()
        closing = self.take()
        if closing.text not in (")", "]"):
            raise CellRefused("syntax-error", "the interval has no end", "[a..b] with b, [a..b) without", closing.at)
        closed = opening.text == "[" and closing.text == "]"
        if low.node.op is high.node.op is Op.LIT and (
            low.node.value > high.node.value or (low.node.value == high.node.value and not closed)
        ):
            raise CellRefused("wrong-value", "nothing lies in this interval", "the lesser end comes first", opening.at)
        return [
            self.compared(">=" if opening.text == "[" else ">", low),
            self.compared("<=" if closing.text == "]" else "<", high),
        ]

    def compared(self, operator: str, other: Clause) -> Clause:
        text, node = self.subject
        if self.type.unit is Unit.BOOL:
            wanted = other.node.value is (operator == "==")
            if node.op is Op.REF:
                return self.subject if wanted else _not(self.subject)
            operator, other = "==", Clause("true" if wanted else "false", Node(Op.LIT, BOOL, (), wanted))
        whole = f"{text} {operator} {other.text}"
        args = (node, shifted(other.node, len(text) + len(operator) + 2))
        return Clause(whole, Node(Op.CMP, BOOL, args, operator, (0, len(whole))))

    def listed(self, test: list[Clause]) -> Node | None:
        """The literal that a test asks for, where it asks for just one."""
        node = test[0].node
        if len(test) == 1 and node.op is Op.CMP and node.value == "==" and node.args[1].op is Op.LIT:
            return node.args[1]
        return None

    def member(self, values: list[Node]) -> Clause:
        values = list({value.value: value for value in values}.values())
        if len(values) == 1:
            raise CellRefused("wrong-value", "the cell lists one value over and over", "write it once")
        text, node = self.subject
        whole = f"{text} in [{', '.join(literal(v.value, self.type, self.column.currency) for v in values)}]"
        return Clause(whole, Node(Op.IN, BOOL, (node,), tuple(v.value for v in values), (0, len(whole))))

    def either(self, tests: list[list[Clause]]) -> Clause:
        return joined([joined(test, Op.AND) for test in tests], Op.OR)

    def endpoint(self) -> Clause:
        token = self.take()
        if token.kind == "name":
            return self.parameter(token)
        if token.kind not in ("number", "quoted", "word"):
            self.next -= 1
            raise self.unexpected()
        text = token.text[1:-1] if token.kind == "quoted" else token.text
        try:
            value = cell_value(text, self.type, self.column.currency)
        except CellRefused as refused:
            raise CellRefused(refused.code, refused.message, refused.suggestion, token.at) from None
        text = literal(value, self.type, self.column.currency)
        return Clause(text, Node(Op.LIT, self.type, (), value, (0, len(text))))

    def parameter(self, token: _Token) -> Clause:
        type = self.column.parameters.get(token.text)
        if type is None:
            hint = nearest(token.text, self.column.parameters)
            raise CellRefused("unknown-name", f"unknown parameter `{token.text}`", hint, token.at)
        if type != self.type:
            message = f"{called(self.type)} against {called(type)}: `{self.subject.text}` against `{token.text}`"
            raise CellRefused("unit-mismatch", message, "", token.at)
        return Clause(token.text, Node(Op.REF, type, (), token.text, (0, len(token.text))))

    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.tokens[self.next]
        self.next = min(self.next + 1, len(self.tokens) - 1)
        return token

    def closing(self, sign: str) -> None:
        if self.take().text != sign:
            self.next -= 1
            raise self.unexpected(f"`{sign}` is missing")

    def unexpected(self, hint: str = "") -> CellRefused:
        token = self.peek()
        what = f"`{token.text}` is out of place" if token.kind else "the cell ends too early"
        return CellRefused(
            "syntax-error", what, hint or "tests are such as < 5, [5..9), 7, params.x and not(...)", token.at
        )


def _tokens(cell: str) -> list[_Token]:
    tokens = []
    at = 0
    end = len(cell.rstrip())
    while at < end:
        match = _TOKEN.match(cell, at)
        if match is None:
            refuse_formula(cell)
            at = len(cell) - len(cell[at:].lstrip())
            hint = "tests are such as < 5, [5..9), 7, params.x and not(...)"
            raise CellRefused("syntax-error", f"`{cell[at]}` is out of place", hint, at)
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*tokens, _Token("", "", end)]
