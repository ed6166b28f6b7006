"""Which optional facts are surely present once a condition is known to be true, or false. Knows only syntax trees."""

from __future__ import annotations

from service.policy.syntax import Syntax

_NONE: frozenset[str] = frozenset()


def guarded(tree: Syntax, truth: bool) -> frozenset[str]:
    """Names whose `has()` must have been true for `tree` to come out as `truth`."""
    kind, args = tree.kind, tree.args
    if kind == "call" and tree.value == "has" and len(args) == 1:
        return frozenset({args[0].value}) if truth else _NONE
    if kind == "not":
        return guarded(args[0], not truth)
    if kind in ("and", "or"):
        each = [guarded(arg, truth) for arg in args]
        return _NONE.union(*each) if (kind == "and") is truth else each[0].intersection(*each[1:])
    if kind == "if":
        condition, then, otherwise = args
        return _either(guarded(condition, True), then, truth) & _either(guarded(condition, False), otherwise, truth)
    return _NONE


def _either(known: frozenset[str], branch: Syntax, truth: bool) -> frozenset[str]:
    return known | guarded(branch, truth)
