"""Checks of operators: logic, comparisons, membership, arithmetic. Knows no files and no rules."""

from __future__ import annotations

from service.domain.facts import BOOL, Type, Unit
from service.policy import unit_rules
from service.policy.checking import Checker, Present, same, unknown_name
from service.policy.guards import guarded
from service.policy.nodes import MEMBER, Node, Op
from service.policy.syntax import Syntax
from service.policy.unit_rules import UNKNOWN, called, numeric

_SUMS = {"+": Op.ADD, "-": Op.SUB}


def negation(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    arg = checker.boolean(tree.args[0], present, "!")
    return arg and Node(Op.NOT, BOOL, (arg,), None, tree.span)


def logic(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    both = tree.kind == "and"
    operator = "&&" if both else "||"
    args: list[Node] = []
    for arg in tree.args:
        node = checker.boolean(arg, present, operator)
        if node is not None:
            args.append(node)
        if checker.guards:
            present |= guarded(arg, both)
    if len(args) < len(tree.args):
        return None
    return Node(Op.AND if both else Op.OR, BOOL, tuple(args), None, tree.span)


def conditional(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    test, *branches = tree.args
    condition = checker.boolean(test, present, "?")
    presents = (present | guarded(test, True), present | guarded(test, False))
    nodes = checker.alike(tree, branches, "? :", wanted, presents)
    if condition is None or nodes is None:
        return None
    return Node(Op.IF, nodes[0].type, (condition, *nodes), None, tree.span)


def comparison(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    operator = tree.value
    args = checker.alike(tree, tree.args, operator, None, (present, present))
    if args is None:
        return None
    if operator not in ("==", "!=") and not numeric(args[0].type):
        message = f"`{operator}` needs numbers; `{checker.text(tree.args[0])}` is {called(args[0].type)}"
        return checker.refuse("unit-mismatch", message, tree, "compare with == or !=")
    return Node(Op.CMP, BOOL, tuple(args), operator, tree.span)


def membership(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    item, among = tree.args
    if among.kind == "name":
        return _in_set(checker, tree, present)
    if among.kind != "list":
        checker.check(item, UNKNOWN, present)
        checker.check(among, UNKNOWN, present)
        return checker.refuse("wrong-arguments", "right of `in` stands a list of literals or a set", among)
    node = checker.check(item, None, present)
    if node is not None and node.type.unit is Unit.BOOL:
        node = checker.refuse("unit-mismatch", f"`{checker.text(item)}` is yes or no: `in` has no use for it", item)
    if not among.args:
        return checker.refuse("wrong-arguments", "the list is empty", among)
    literals = [_listed(checker, arg, node.type if node else UNKNOWN, present) for arg in among.args]
    values = tuple(literal.value for literal in literals if literal is not None)
    if node is None or len(values) < len(literals):
        return None
    return Node(Op.IN, BOOL, (node,), values, tree.span)


def _listed(checker: Checker, tree: Syntax, type: Type, present: Present) -> Node | None:
    literal = tree.args[0] if tree.kind == "negative" else tree
    if literal.args or literal.kind == "name":
        return checker.refuse(
            "wrong-arguments", f"`{checker.text(tree)}` is no literal: lists hold literals only", tree
        )
    node = checker.check(tree, type, present)
    if node is not None and type is not UNKNOWN and not same(node.type, type):
        message = f"`{checker.text(tree)}` is {called(node.type)}, not {called(type)}"
        return checker.refuse("unit-mismatch", message, tree)
    return node


def _in_set(checker: Checker, tree: Syntax, present: Present) -> Node | None:
    """`"owner" in decision.approvals`: one bool beside the set's name for each member."""
    item, among = tree.args
    type = checker.scope.types.get(among.value)
    if type is None:
        return unknown_name(checker, among)
    if not type.many:
        message = f"`{among.value}` is {called(type)}, no set"
        return checker.refuse("wrong-arguments", message, among, "a list of literals: [1, 2], or ==")
    if item.kind != "text":
        return checker.refuse("wrong-arguments", "left of a set stands one of its members in quotes", item)
    if item.value not in type.values:
        return checker.not_a_member(item.value, type, item)
    return Node(Op.REF, BOOL, (), f"{among.value}{MEMBER}{item.value}", tree.span)


def total(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    args = checker.alike(tree, tree.args, tree.kind, wanted, (present, present))
    if args is None or not checker.countable(tree, tree.kind, args[0]):
        return None
    return Node(_SUMS[tree.kind], args[0].type, tuple(args), None, tree.span)


def product(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    left, right = (checker.check(arg, None, present) for arg in tree.args)
    if left is None or right is None:
        return None
    type = unit_rules.product(left.type, right.type)
    if type is None:
        hint = unit_rules.product_hint(left.type, right.type)
        return checker.refuse("unit-mismatch", f"{called(left.type)} times {called(right.type)}", tree, hint)
    return Node(Op.MUL, type, (left, right), None, tree.span)


def negative(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    arg = checker.check(tree.args[0], wanted, present)
    if arg is None or not checker.countable(tree, "-", arg):
        return None
    if arg.op is Op.LIT:
        return Node(Op.LIT, arg.type, (), -arg.value, tree.span)
    return Node(Op.SUB, arg.type, (Node(Op.LIT, arg.type, (), 0, tree.span), arg), None, tree.span)


def stray_list(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    return checker.refuse("wrong-arguments", "a list stands only right of `in`", tree)
