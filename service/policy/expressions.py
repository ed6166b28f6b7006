"""From an expression's text to a typed node, or to everything that is wrong with it. Knows no files and no rules.

Units are part of types: money against months is refused here, before a book is ever used.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.facts import Type, Unit
from service.policy import checking, functions, operators
from service.policy.checking import Check, Checker, same
from service.policy.findings import Finding, Place
from service.policy.nodes import Node, Op
from service.policy.scope import Scope
from service.policy.syntax import Problem, Syntax, parse
from service.policy.unit_rules import called

__all__ = ["ExpressionRefused", "Scope", "expression"]

_CHECKS: dict[str, Check] = {
    "number": checking.number,
    "text": checking.quoted,
    "bool": checking.truth,
    "name": checking.name,
    "broken": checking.broken,
    "not": operators.negation,
    "and": operators.logic,
    "or": operators.logic,
    "if": operators.conditional,
    "compare": operators.comparison,
    "in": operators.membership,
    "+": operators.total,
    "-": operators.total,
    "*": operators.product,
    "negative": operators.negative,
    "list": operators.stray_list,
    "call": functions.call,
}


class ExpressionRefused(Exception):
    """All findings of one expression, sorted."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


def expression(source: str, scope: Scope, expected: Type | None, place: Place, subject: str = "") -> Node:
    """The typed tree of `source`, whose type is `expected` where one is given.

    `place` is where `source` begins. A `source` of several lines is taken to stand in the file just so: its line ends
    and indentation give the lines and columns of findings. For an expected enum a bare member is allowed; an expected
    set takes one of its members as a literal. Raises ExpressionRefused.
    """
    key = (source, expected)
    node = scope.typed.get(key)
    if node is None:
        problems: list[Problem] = []
        node = _typed(source, scope, expected, problems)
        if problems or node is None:
            raise ExpressionRefused(_finding(problem, source, place, subject) for problem in problems)
        scope.typed[key] = node
    return node


def _typed(source: str, scope: Scope, expected: Type | None, problems: list[Problem]) -> Node | None:
    member = expected
    if expected is not None and expected.unit is Unit.ENUM:
        member = Type(Unit.ENUM, expected.values) if expected.many else expected
        if (word := source.strip()) in expected.values:
            start = source.index(word)
            return Node(Op.LIT, member, (), word, (start, start + len(word)))
    tree, faults = parse(source)
    problems += faults
    if tree is None:
        return None
    node = _whole(Checker(source, scope, problems, _CHECKS), tree, member)
    if node is not None and expected is not member and node.op is not Op.LIT:
        problems.append(Problem("unit-mismatch", "a set takes one of its members as a literal", tree.span))
    return node


def _whole(checker: Checker, tree: Syntax, expected: Type | None) -> Node | None:
    if expected is not None and expected.unit is Unit.ENUM and tree.kind == "name" and "." not in tree.value:
        return checker.not_a_member(tree.value, expected, tree)
    node = checker.check(tree, expected, frozenset())
    if node is None or expected is None or same(node.type, expected):
        return node
    message = f"`{checker.text(tree)}` is {called(node.type)}, not {called(expected)}"
    return checker.refuse("unit-mismatch", message, tree)


def _finding(problem: Problem, source: str, place: Place, subject: str) -> Finding:
    before = source[: problem.span[0]]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else place.column + len(before)
    at = Place(place.file, place.line + lines, column)
    return Finding(at, problem.code, problem.message, problem.suggestion, subject)
