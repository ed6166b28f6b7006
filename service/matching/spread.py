"""How conditions are laid out over durable_rules rulesets, so that none of its silent limits can be met.

The engine walks a stack of 64 true siblings and keeps 512 places for a node's children, and checks neither when
rules are built. So rules stand in groups, each behind a test of its own that is always true: few enough groups
and few enough rules in each that all of them may hold at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from service.matching.normal import Atom, Group, order

MOST_GROUPS = 6
"""More would be safe; but the engine looks through all rules of a ruleset for each that fires."""

WIDEST_GROUP = 64 - MOST_GROUPS
"""Siblings of one group that may be waiting on the engine's stack beside all other groups."""

MOST_TESTS = 480
MOST_PROPERTIES = 240
MOST_FIRINGS = 32
MOST_PATHS = 64
MOST_BRANCHES = 120
MOST_EXPRESSIONS = 29
DEEPEST = 7


class EngineLimit(ValueError):
    """One rule is more than the engine can hold. `reason` says what of, for the author of the rule."""

    remedy = "split it into several rules or derived facts"

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(f"{rule}: {reason} ({self.remedy})")


class Cost(NamedTuple):
    """What a condition takes of the engine: `width` places on its stack, `firings` of one rule at most,
    `paths` through its `or`s, `expressions` (2 for each and/or) and `tests` in its tables."""

    width: int = 1
    firings: int = 1
    paths: int = 1
    expressions: int = 0
    tests: int = 1
    depth: int = 0


_OF_ATOM = Cost()


def cost(condition: Atom | Group) -> Cost:
    if isinstance(condition, Atom):
        return _OF_ATOM
    widths, firings, paths, expressions, tests, depths = zip(*map(cost, condition.parts), strict=True)
    inside, depth = sum(expressions) + 2, max(depths) + 1
    if condition.all:
        width = 1 + sum(widths) - len(widths)
        return Cost(width, prod(firings), prod(paths), inside, sum(tests), depth)
    if condition.exclusive:
        return Cost(1, 1, sum(paths), inside, sum(tests) + 1, depth)
    return Cost(sum(widths), sum(firings), sum(paths), inside, sum(tests) + 1, depth)


def check(rule: str, condition: Atom | Group) -> Cost:
    """The condition's cost; raises EngineLimit where a ruleset of its own wouldn't hold it."""
    c = cost(condition)
    for value, most, what in (
        (c.firings, MOST_FIRINGS, "alternatives of its `||` that can hold at once"),
        (c.paths, MOST_PATHS, "combinations of its `||` and `in` alternatives"),
        (c.width, WIDEST_GROUP, "alternatives side by side"),
        (c.expressions, MOST_EXPRESSIONS, "nested `&&` and `||`, each counted twice"),
        (c.tests, MOST_BRANCHES, "comparisons"),
        (c.depth, DEEPEST, "levels of `&&` and `||` inside each other"),
        (len(set(properties_of(condition))), MOST_PROPERTIES, "different facts"),
    ):
        if value > most:
            raise EngineLimit(rule, f"{value} {what}, at most {most}")
    return c


def properties_of(condition: Atom | Group) -> list[str]:
    """In the order of the condition; some twice."""
    if isinstance(condition, Atom):
        return [condition.property]
    found: list[str] = []
    for part in condition.parts:
        found += [part.property] if isinstance(part, Atom) else properties_of(part)
    return found


@dataclass(slots=True)
class RuleGroup:
    """Rules by their number in the stage, behind one always-true test."""

    rules: list[tuple[int, Atom | Group]] = field(default_factory=list)
    width: int = 0
    tests: int = 0


@dataclass(slots=True)
class Layout:
    """One ruleset to be built. `properties`: those that its rules read, in the order in which they are asserted."""

    groups: list[RuleGroup] = field(default_factory=list)
    properties: dict[str, None] = field(default_factory=dict)

    def takes(self, number: int, condition: Atom | Group, c: Cost) -> bool:
        """Adds the rule, or says that there is no room."""
        properties = dict.fromkeys(name for name in properties_of(condition) if name not in self.properties)
        if len(self.properties) + len(properties) > MOST_PROPERTIES:
            return False
        for group in self.groups:
            if group.width + c.width <= WIDEST_GROUP and group.tests + c.tests <= MOST_TESTS:
                break
        else:
            if len(self.groups) == MOST_GROUPS:
                return False
            group = RuleGroup()
            self.groups.append(group)
        group.rules.append((number, condition))
        group.width += c.width
        group.tests += c.tests
        self.properties.update(properties)
        return True


def spread(rules: Iterable[tuple[int, str, Atom | Group]]) -> list[Layout]:
    """Layouts that hold all rules: (number in the stage, id, condition). Raises EngineLimit for a rule too big."""
    layouts: list[Layout] = []
    costs = [(number, rule, condition, check(rule, condition)) for number, rule, condition in rules]
    for number, rule, condition, c in sorted(costs, key=lambda entry: _beginning(entry[2])):
        if not layouts or not layouts[-1].takes(number, condition, c):
            layouts.append(Layout())
            if not layouts[-1].takes(number, condition, c):
                raise EngineLimit(rule, "more than a ruleset of its own holds")
    return layouts


def _beginning(condition: Atom | Group) -> list[tuple[bool, bool, str, str, int]]:
    if isinstance(condition, Group) and condition.all:
        return [order(part) for part in condition.parts]
    return [order(condition)]
