"""Checks of the built-in functions. Division exists only here, with its rounding in the function's name."""

from __future__ import annotations

from service.domain.facts import BOOL, PERCENT, RATIO, Type
from service.domain.money import PERCENT_SCALE, Rounding
from service.policy.checking import Check, Checker, Present, pliable, unknown_name
from service.policy.nodes import Node, Op
from service.policy.syntax import Syntax
from service.policy.unit_rules import LARGEST, UNKNOWN, called, nearest

_DIRECTED = {"up": Rounding.UP, "down": Rounding.DOWN}
_ELSEWHERE = {
    "size": "counts are facts of their own, such as job.line_count",
    "round": "div_round(x, k)",
    "ceil": "div_up(x, k)",
    "floor": "div_down(x, k)",
    "abs": "max(x, -x)",
}


def call(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    function = FUNCTIONS.get(tree.value)
    if function is not None:
        return function(checker, tree, wanted, present)
    for arg in tree.args:
        checker.check(arg, UNKNOWN, present)
    hint = _ELSEWHERE.get(tree.value.rpartition(".")[2]) or nearest(tree.value, FUNCTIONS)
    return checker.refuse("unknown-function", f"unknown function `{tree.value}`", tree, hint)


def _wrong(checker: Checker, tree: Syntax, usage: str, present: Present) -> Node | None:
    for arg in tree.args:
        checker.check(arg, UNKNOWN, present)
    message = f"the arguments of `{checker.text(tree)}` don't fit"
    return checker.refuse("wrong-arguments", message, tree, f"write {usage}")


def _has(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    if len(tree.args) != 1 or tree.args[0].kind != "name":
        return checker.refuse("wrong-arguments", "has() takes the name of one optional fact", tree, "write has(fact)")
    fact = tree.args[0].value
    if fact in checker.scope.optional:
        return Node(Op.HAS, BOOL, (), fact, tree.span)
    if fact not in checker.scope.types:
        return unknown_name(checker, tree.args[0])
    return checker.refuse("wrong-arguments", f"`{fact}` is always there", tree, "leave has() out")


def _extreme(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    if len(tree.args) < 2:
        return _wrong(checker, tree, f"{tree.value}(a, b, ...)", present)
    args = checker.alike(tree, tree.args, tree.value, wanted, (present,) * len(tree.args))
    if args is None or not checker.countable(tree, tree.value, args[0]):
        return None
    op = Op.MIN if tree.value == "min" else Op.MAX
    node = args[0]
    for arg in args[1:]:
        node = Node(op, node.type, (node, arg), None, tree.span)
    return node


def _percent(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    if len(tree.args) != 2:
        return _wrong(checker, tree, f"{tree.value}(x, p)", present)
    whole = checker.check(tree.args[0], wanted, present)
    share = checker.check(tree.args[1], PERCENT if pliable(tree.args[1]) else None, present)
    if share is not None and share.type not in (PERCENT, RATIO):
        message = f"`{checker.text(tree.args[1])}` is {called(share.type)}, neither a percent nor a ratio"
        share = checker.refuse("unit-mismatch", message, tree.args[1])
    if whole is None or not checker.countable(tree.args[0], tree.value, whole) or share is None:
        return None
    rounding = _DIRECTED.get(tree.value.rpartition("_")[2], checker.scope.rounding)
    product = Node(Op.MUL, whole.type, (whole, share), None, tree.span)
    return Node(Op.DIV, whole.type, (product,), (PERCENT_SCALE, rounding), tree.span)


def _division(checker: Checker, tree: Syntax, wanted: Type | None, present: Present) -> Node | None:
    usage = f"{tree.value}(x, k) with a whole number k above 0"
    if len(tree.args) != 2 or tree.args[1].kind != "number" or not tree.args[1].value.isdecimal():
        return _wrong(checker, tree, usage, present)
    divisor = int(tree.args[1].value)
    if not 0 < divisor <= LARGEST:
        return _wrong(checker, tree, usage, present)
    dividend = checker.check(tree.args[0], wanted, present)
    if dividend is None or not checker.countable(tree.args[0], tree.value, dividend):
        return None
    rounding = _DIRECTED.get(tree.value.rpartition("_")[2], checker.scope.rounding)
    return Node(Op.DIV, dividend.type, (dividend,), (divisor, rounding), tree.span)


FUNCTIONS: dict[str, Check] = {
    "has": _has,
    "min": _extreme,
    "max": _extreme,
    "percent": _percent,
    "percent_up": _percent,
    "percent_down": _percent,
    "div_up": _division,
    "div_down": _division,
    "div_round": _division,
}
