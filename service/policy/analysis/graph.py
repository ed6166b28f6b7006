"""A program as one graph of shared terms over the facts of a request: what the search for a witness walks over.

One more reader of a program: yes and no are 0 and 1, an enum is a yes or no for each of its members. Each term's
interval is kept beside it. Knows no book, no rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from service.domain.facts import FactDecl, Type, Unit, Value
from service.domain.money import Rounding, divide
from service.policy.nodes import HAS

FLAT = 16
"""Longest list of alternatives or conditions that becomes part of a longer one: a chain of them stays linear."""


class Term(IntEnum):
    CONSTANT = 0
    VARIABLE = 1  # data: index of the variable
    MEMBER = 2  # data: (index of the variable, index of the member)
    NOT = 3
    AND = 4
    OR = 5
    AT_MOST = 6  # first <= second
    EQUAL = 7
    ADD = 8
    SUBTRACT = 9
    MULTIPLY = 10
    DIVIDE = 11  # data: (divisor, rounding)
    LEAST = 12
    MOST = 13
    IF = 14


@dataclass(frozen=True, slots=True)
class Choice:
    """An enum: for each member the term that says whether it is the value."""

    members: Mapping[str, int]


Read = int | Choice
"""A term's index, or an enum of terms."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a request is free to hold. `low`..`high`, or the members of an enum as bits of a mask."""

    name: str
    type: Type
    low: int
    high: int

    @property
    def whole(self) -> int:
        """The mask of all members."""
        return (1 << len(self.type.values)) - 1


class Graph:
    """The algebra that builds it. Equal terms are one term, so that a term and its negation are seen as such."""

    def __init__(self) -> None:
        self.kinds: list[Term] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.variables: list[Variable] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def constant(self, value: int) -> int:
        return self._term(Term.CONSTANT, (), value, value, value)

    def inputs(self, facts: Mapping[str, FactDecl]) -> dict[str, Read]:
        """Each fact free within its declared range, by name, `has:` entries included."""
        env: dict[str, Read] = {}
        for name, fact in facts.items():
            env[name] = self._input(fact)
            if fact.optional:
                given = self._variable(Variable(HAS + name, fact.type, 0, 1))
                env[HAS + name] = given
                env[name] = self.if_(given, env[name], self.lit(fact.zero(), fact.type))
        return env

    def _input(self, fact: FactDecl) -> Read:
        if fact.type.unit is Unit.ENUM:
            at = len(self.variables)
            self.variables.append(Variable(fact.name, fact.type, 0, 0))
            members = enumerate(fact.type.values)
            return Choice({member: self._term(Term.MEMBER, (), (at, i), 0, 1) for i, member in members})
        low, high = (0, 1) if fact.type.unit is Unit.BOOL else (fact.minimum, fact.maximum)
        return self._variable(Variable(fact.name, fact.type, low, high))

    def _variable(self, variable: Variable) -> int:
        self.variables.append(variable)
        return self._term(Term.VARIABLE, (), len(self.variables) - 1, variable.low, variable.high)

    def _term(self, kind: Term, args: tuple[int, ...], data: Any, low: int, high: int) -> int:
        if low == high and kind is not Term.CONSTANT:
            return self.constant(low)
        key = (kind, args, data)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self.kinds)
            self.kinds.append(kind)
            self.args.append(args)
            self.data.append(data)
            self.low.append(low)
            self.high.append(high)
        return known

    def lit(self, value: Any, type: Type) -> Read:
        if isinstance(value, str):
            return Choice({member: self.constant(int(member == value)) for member in type.values})
        return self.constant(int(value))

    def not_(self, a: int) -> int:
        if self.kinds[a] is Term.NOT:
            return self.args[a][0]
        return self._term(Term.NOT, (a,), None, 1 - self.high[a], 1 - self.low[a])

    def and_(self, args: list[int]) -> int:
        return self._joined(Term.AND, args, 1)

    def or_(self, args: list[int]) -> int:
        return self._joined(Term.OR, args, 0)

    def _joined(self, kind: Term, args: list[int], neutral: int) -> int:
        flat: dict[int, None] = {}
        for arg in args:
            within = self.args[arg] if self.kinds[arg] is kind and len(self.args[arg]) <= FLAT else (arg,)
            flat.update((one, None) for one in within if not self.low[one] == self.high[one] == neutral)
        if not flat or any(self.low[one] == self.high[one] for one in flat):
            return self.constant(1 - neutral if flat else neutral)
        return next(iter(flat)) if len(flat) == 1 else self._term(kind, tuple(sorted(flat)), None, 0, 1)

    def cmp(self, operator: str, a: Read, b: Read) -> int:
        if isinstance(a, Choice) and isinstance(b, Choice):
            other = b.members
            zero = self.constant(0)
            same = self.or_([self.and_([term, other.get(member, zero)]) for member, term in a.members.items()])
            return same if operator == "==" else self.not_(same)
        assert isinstance(a, int)
        assert isinstance(b, int)
        match operator:
            case "==":
                return self._equal(a, b)
            case "!=":
                return self.not_(self._equal(a, b))
            case "<=":
                return self.at_most(a, b)
            case ">=":
                return self.at_most(b, a)
            case "<":
                return self.not_(self.at_most(b, a))
        return self.not_(self.at_most(a, b))

    def at_most(self, a: int, b: int) -> int:
        if a == b or self.high[a] <= self.low[b]:
            return self.constant(1)
        return self._term(Term.AT_MOST, (a, b), None, 0, int(self.low[a] <= self.high[b]))

    def _equal(self, a: int, b: int) -> int:
        if a == b or self.low[a] == self.high[a] == self.low[b] == self.high[b]:
            return self.constant(1)
        apart = self.high[a] < self.low[b] or self.high[b] < self.low[a]
        return self._term(Term.EQUAL, (min(a, b), max(a, b)), None, 0, int(not apart))

    def in_(self, a: Read, members: list[Read]) -> int:
        return self.or_([self.cmp("==", a, member) for member in members])

    def add(self, a: int, b: int) -> int:
        return self._term(Term.ADD, (a, b), None, self.low[a] + self.low[b], self.high[a] + self.high[b])

    def sub(self, a: int, b: int) -> int:
        return self._term(Term.SUBTRACT, (a, b), None, self.low[a] - self.high[b], self.high[a] - self.low[b])

    def mul(self, a: int, b: int) -> int:
        corners = [x * y for x in (self.low[a], self.high[a]) for y in (self.low[b], self.high[b])]
        return self._term(Term.MULTIPLY, (a, b), None, min(corners), max(corners))

    def div(self, a: int, divisor: int, rounding: Rounding) -> int:
        low, high = divide(self.low[a], divisor, rounding), divide(self.high[a], divisor, rounding)
        return self._term(Term.DIVIDE, (a,), (divisor, rounding), low, high)

    def min(self, a: int, b: int) -> int:
        if self.high[a] <= self.low[b] or self.high[b] <= self.low[a]:
            return a if self.high[a] <= self.low[b] else b
        low, high = min(self.low[a], self.low[b]), min(self.high[a], self.high[b])
        return a if a == b else self._term(Term.LEAST, (a, b), None, low, high)

    def max(self, a: int, b: int) -> int:
        if self.low[a] >= self.high[b] or self.low[b] >= self.high[a]:
            return a if self.low[a] >= self.high[b] else b
        low, high = max(self.low[a], self.low[b]), max(self.high[a], self.high[b])
        return a if a == b else self._term(Term.MOST, (a, b), None, low, high)

    def if_(self, condition: int, then: Read, otherwise: Read) -> Any:
        if self.low[condition] == self.high[condition]:
            return then if self.low[condition] else otherwise
        if isinstance(then, Choice):
            assert isinstance(otherwise, Choice)
            zero = self.constant(0)
            names = dict.fromkeys((*then.members, *otherwise.members))
            pairs = [(name, then.members.get(name, zero), otherwise.members.get(name, zero)) for name in names]
            return Choice({name: self.if_(condition, a, b) for name, a, b in pairs})
        assert isinstance(otherwise, int)
        if then == otherwise:
            return then
        low, high = min(self.low[then], self.low[otherwise]), max(self.high[then], self.high[otherwise])
        if low == 0 and high == 1:
            return self.or_([self.and_([condition, then]), self.and_([self.not_(condition), otherwise])])
        return self._term(Term.IF, (condition, then, otherwise), None, low, high)

    def let(self, name: str, type: Type, value: Read) -> Read:
        return value

    def within(self, term: int, low: int, high: int) -> int:
        """Whether a number lies in low..high."""
        return self.and_([self.at_most(self.constant(low), term), self.at_most(term, self.constant(high))])


def facts_at(graph: Graph, facts: Mapping[str, FactDecl], point: Mapping[int, int]) -> dict[str, Value]:
    """A point of the search, by index of variable, as complete facts with their `has:` entries.

    What the point leaves open holds its default, or the least it can.
    """
    by_name = {variable.name: i for i, variable in enumerate(graph.variables)}
    env: dict[str, Value] = {}
    for name, fact in facts.items():
        if fact.optional:
            given = env[HAS + name] = bool(point.get(by_name[HAS + name], 0))
            if not given:
                env[name] = fact.zero()
                continue
        chosen = point.get(by_name[name])
        if chosen is None:
            env[name] = fact.zero() if fact.default is None else fact.default
        elif fact.type.unit is Unit.ENUM:
            env[name] = fact.type.values[chosen]
        else:
            env[name] = bool(chosen) if fact.type.unit is Unit.BOOL else chosen
    return env
