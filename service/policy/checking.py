"""What every check of an untyped tree shares: literals take units, names are looked up, findings are collected.

Operators and functions have their own modules. Knows no files and no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from service.domain.facts import BOOL, COUNT, Type, Unit
from service.policy import unit_rules
from service.policy.nodes import DECISION, PARAMETER, Node, Op
from service.policy.scope import Scope
from service.policy.syntax import Problem, Syntax
from service.policy.unit_rules import UNKNOWN, called, nearest, numeric

Present = frozenset[str]
"""Optional facts that `has()` has shown to be there."""


def same(a: Type, b: Type) -> bool:
    return a is b or a == b


class Checker:
    """A check gives the typed node, or None once a finding says why there is none.

    `wanted` is the unit that a literal takes: None makes it a count, UNKNOWN keeps it out of the findings.
    """

    def __init__(self, source: str, scope: Scope, problems: list[Problem], checks: Mapping[str, Check]) -> None:
        self.source = source
        self.scope = scope
        self.problems = problems
        self.checks = checks
        self.guards = "has" in source

    def check(self, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
        return self.checks[tree.kind](self, tree, wanted, present)

    def refuse(self, code: str, message: str, tree: Syntax, suggestion: str = "") -> Node | None:
        """Always None, so that a check can end with it."""
        self.problems.append(Problem(code, message, tree.span, suggestion))
        return None

    def text(self, tree: Syntax) -> str:
        text = " ".join(self.source[slice(*tree.span)].split())
        return text if len(text) <= 60 else text[:57] + "..."

    def not_a_member(self, word: str, type: Type, tree: Syntax) -> Node | None:
        suggestion = nearest(word, type.values) or f"one of {', '.join(type.values)}"
        return self.refuse("not-a-member", f"{word!r} is not one of the values", tree, suggestion)

    def boolean(self, tree: Syntax, present: Present, operator: str) -> Node | None:
        node = self.check(tree, None, present)
        if node is not None and not same(node.type, BOOL):
            message = f"`{operator}` needs yes or no; `{self.text(tree)}` is {called(node.type)}"
            return self.refuse("unit-mismatch", message, tree)
        return node

    def alike(
        self, tree: Syntax, args: Sequence[Syntax], operator: str, wanted: Type | None, presents: Sequence[Present]
    ) -> list[Node] | None:
        """The arguments, which must have one type between them: literals take it from the others."""
        nodes: list[Node | None] = []
        free = []
        type = None
        for arg, present in zip(args, presents, strict=True):
            node = None
            if pliable(arg):
                free.append(len(nodes))
            else:
                node = self.check(arg, wanted, present)
                type = type or (node and node.type)
            nodes.append(node)
        for i in free:
            nodes[i] = self.check(args[i], type or (wanted if len(free) == len(args) else UNKNOWN), presents[i])
        known = [node for node in nodes if node is not None]
        for node in known[1:]:
            if not same(node.type, known[0].type):
                a, b = args[nodes.index(known[0])], args[nodes.index(node)]
                self.mismatch(tree, operator, a, known[0].type, b, node.type)
                return None
        return known if len(known) == len(nodes) else None

    def mismatch(self, tree: Syntax, operator: str, a: Syntax, one: Type, b: Syntax, other: Type) -> None:
        one_is, other_is = called(one), called(other)
        message = (
            f"{one_is} against {other_is} at `{operator}`: `{self.text(a)}` is {one_is}, `{self.text(b)}` is {other_is}"
        )
        self.refuse("unit-mismatch", message, tree)

    def countable(self, tree: Syntax, operator: str, node: Node) -> bool:
        if not numeric(node.type):
            self.refuse("unit-mismatch", f"`{operator}` needs numbers, not {called(node.type)}", tree)
        return numeric(node.type)


Check = Callable[[Checker, Syntax, Type | None, Present], Node | None]

_FROM_ALL = frozenset({"+", "-", "min", "max", "negative"})
_FROM_FIRST = frozenset({"percent", "percent_up", "percent_down", "div_up", "div_down", "div_round"})


def pliable(tree: Syntax) -> bool:
    """Made of literals alone, so that its unit is whatever stands on the other side."""
    if not tree.args:
        return tree.kind in ("number", "text")
    if tree.kind == "if":
        return pliable(tree.args[1]) and pliable(tree.args[2])
    operator = tree.value if tree.kind == "call" else tree.kind
    if operator in _FROM_ALL:
        return all(map(pliable, tree.args))
    return operator in _FROM_FIRST and pliable(tree.args[0])


def number(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    if wanted is UNKNOWN:
        return None
    type = COUNT if wanted is None else wanted
    if not numeric(type):
        return checker.refuse("unit-mismatch", f"{tree.value} is a number, not {called(type)}", tree)
    try:
        value = unit_rules.scaled(tree.value, type, checker.scope.currency)
    except unit_rules.Inexact as inexact:
        fits = f"at most {inexact.digits} decimals" if inexact.digits else "whole numbers only"
        return checker.refuse("inexact-literal", f"{tree.value} is too fine for {called(type)}", tree, fits)
    except OverflowError:
        return checker.refuse("integer-overflow", f"{tree.value} is beyond 64 bits as {called(type)}", tree)
    return Node(Op.LIT, type, (), value, tree.span)


def truth(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    return Node(Op.LIT, BOOL, (), tree.value == "true", tree.span)


def quoted(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    if wanted is UNKNOWN:
        return None
    if wanted is None or wanted.unit is not Unit.ENUM or wanted.many:
        against = f", not {called(wanted)}" if wanted else " and has nothing to be compared with"
        return checker.refuse("unit-mismatch", f"{tree.value!r} is text{against}", tree)
    if tree.value not in wanted.values:
        return checker.not_a_member(tree.value, wanted, tree)
    return Node(Op.LIT, wanted, (), tree.value, tree.span)


def name(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    name, scope = tree.value, checker.scope
    type = scope.types.get(name)
    if type is None:
        return unknown_name(checker, tree)
    if name in scope.optional and name not in present:
        hint = f"has({name}) && ..., or has({name}) ? ... : ..."
        return checker.refuse("may-be-absent", f"`{name}` may be absent from a request", tree, hint)
    if type.many:
        return checker.refuse("unit-mismatch", f"`{name}` is a set", tree, f'ask for a member: "..." in {name}')
    return Node(Op.REF, type, (), name, tree.span)


def unknown_name(checker: Checker, tree: Syntax) -> Node | None:
    name, scope = tree.value, checker.scope
    if stage := scope.later.get(name):
        return checker.refuse("read-before-known", f"`{name}` is known only after stage {stage}", tree)
    if name == "null":
        return checker.refuse("unknown-name", "there is no null", tree, "has() asks whether an optional fact is there")
    what = "parameter" if name.startswith(PARAMETER) else "slot or formula" if name.startswith(DECISION) else "fact"
    return checker.refuse("unknown-name", f"unknown {what} `{name}`", tree, nearest(name, scope.types))


def broken(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    """What already has a syntax finding; its parts are still worth checking."""
    for arg in tree.args:
        checker.check(arg, UNKNOWN, present)
    return None
