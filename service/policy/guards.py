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
        ways = [
            guarded(args[0], way) | guarded(branch, truth)
            for way, branch in ((True, args[1]), (False, args[2]))
            if branch.kind != "bool" or (branch.value == "true") is truth
        ]
        return ways[0].intersection(*ways[1:]) if ways else _NONE
    return _NONE
