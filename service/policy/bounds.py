"""What a program's numbers can reach, by intervals: no sum or product leaves 64 bits, no division meets a negative.

Runs when a book is loaded, so that every reader, SQL included, computes the same without checking. Conditions are
not followed into branches: a branch that could go negative is told to say max(..., 0), whatever guards it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from service.domain.facts import FactDecl, Type, Unit
from service.domain.money import Rounding, divide
from service.policy.nodes import DECISION, HAS, Node
from service.policy.program import FIRED, FITS, Program, fold, run
from service.policy.text import cel
from service.policy.unit_rules import LARGEST


class Interval(NamedTuple):
    """Both ends included; yes or no is 0..1. `sound` is False after a finding, so that it isn't reported again."""

    low: int
    high: int
    sound: bool = True


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """`kind`: rule, computed, slot, guardrail or option; `name` its id. `code`: as in Finding."""

    kind: str
    name: str
    code: str
    message: str
    suggestion: str


_NO, _YES, _EITHER, _TEXT = Interval(0, 0), Interval(1, 1), Interval(0, 1), Interval(0, 0)
"""`_TEXT` stands for every enum value and is told apart by identity."""


MARKUP = "markup"
_OFF = "max(..., 0); what comes off a price is a discount, or belongs in the formula of the worth"

_SIZES = {">": "<", ">=": "<="}
_MONEY = Unit.MONEY


class IntervalAlgebra:
    """`faults`: (code, lowest, highest) of what went out of bounds. `flagged`: names bound since a fault.

    `reach`: the ends that an amount of money, as a literal or a slot's range has it, stands for.
    """

    def __init__(self, reach: Callable[[int], tuple[int, int]] | None = None) -> None:
        self.faults: list[tuple[str, int, int]] = []
        self.flagged: set[str] = set()
        self._reach = reach

    def lit(self, value: int | bool | str, type: Type) -> Interval:
        if isinstance(value, str):
            return _TEXT
        if self._reach and type.unit is _MONEY:
            return Interval(*self._reach(value))
        return Interval(int(value), int(value))

    def not_(self, a: Interval) -> Interval:
        return Interval(1 - a.high, 1 - a.low)

    def and_(self, args: list[Interval]) -> Interval:
        return Interval(min([a.low for a in args]), min([a.high for a in args]))

    def or_(self, args: list[Interval]) -> Interval:
        return Interval(max([a.low for a in args]), max([a.high for a in args]))

    def cmp(self, operator: str, a: Interval, b: Interval) -> Interval:
        if a is _TEXT or b is _TEXT or not (a.sound and b.sound):
            return _EITHER
        if operator in _SIZES:
            a, b, operator = b, a, _SIZES[operator]
        if operator in ("==", "!="):
            apart, equal = a.high < b.low or b.high < a.low, a.low == a.high == b.low == b.high
            never, always = (apart, equal) if operator == "==" else (equal, apart)
        elif operator == "<":
            never, always = a.low >= b.high, a.high < b.low
        else:
            never, always = a.low > b.high, a.high <= b.low
        return _YES if always else _NO if never else _EITHER

    def in_(self, a: Interval, members: list[Interval]) -> Interval:
        return _EITHER

    def add(self, a: Interval, b: Interval) -> Interval:
        return self.reached(a.low + b.low, a.high + b.high, a.sound and b.sound)

    def sub(self, a: Interval, b: Interval) -> Interval:
        return self.reached(a.low - b.high, a.high - b.low, a.sound and b.sound)

    def mul(self, a: Interval, b: Interval) -> Interval:
        corners = (a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)
        return self.reached(min(corners), max(corners), a.sound and b.sound)

    def reached(self, low: int, high: int, sound: bool) -> Interval:
        if low >= -LARGEST and high <= LARGEST:
            return Interval(low, high, sound)
        if sound:
            self.faults.append(("integer-overflow", low, high))
        return Interval(max(low, -LARGEST), min(high, LARGEST), False)

    def div(self, a: Interval, divisor: int, rounding: Rounding) -> Interval:
        if a.low < 0 and a.sound:
            self.faults.append(("negative-division", a.low, a.high))
        return Interval(divide(a.low, divisor, rounding), divide(a.high, divisor, rounding), a.sound and a.low >= 0)

    def min(self, a: Interval, b: Interval) -> Interval:
        return Interval(min(a.low, b.low), min(a.high, b.high), a.sound and b.sound)

    def max(self, a: Interval, b: Interval) -> Interval:
        return Interval(max(a.low, b.low), max(a.high, b.high), a.sound and b.sound)

    def if_(self, condition: Interval, then: Interval, otherwise: Interval) -> Interval:
        if then is _TEXT or otherwise is _TEXT:
            return _TEXT
        if condition.low == condition.high:
            return then if condition.low else otherwise
        return Interval(min(then.low, otherwise.low), max(then.high, otherwise.high), then.sound and otherwise.sound)

    def let(self, name: str, type: Type, value: Interval) -> Interval:
        if self.faults:
            self.flagged.add(name)
            self.faults.clear()
        return value


def fact_intervals(facts: Mapping[str, FactDecl]) -> dict[str, Interval]:
    """What requests can hold, `has:` entries included. The zero of an absent fact counts as one of its values."""
    env: dict[str, Interval] = {}
    for name, fact in facts.items():
        env[name] = _of_fact(fact)
        if fact.optional:
            env[HAS + name] = _EITHER
    return env


def _of_fact(fact: FactDecl) -> Interval:
    if fact.type.unit is Unit.ENUM:
        return _TEXT
    if fact.type.unit is Unit.BOOL:
        return _EITHER
    zero = int(fact.zero()) if fact.optional else fact.minimum
    return Interval(min(fact.minimum, zero), max(fact.maximum, zero))


def check_bounds(program: Program, reach: Callable[[int], tuple[int, int]] | None = None) -> list[OutOfBounds]:
    """Everything that could leave its bounds for some request within the declared ranges, innermost term only.

    `reach`: as in IntervalAlgebra; without it the program's amounts are what they are.
    """
    algebra = IntervalAlgebra(reach)
    env, _ = run(program, algebra, fact_intervals(program.facts))
    search = _Search(program, env, reach)
    found: list[OutOfBounds] = []
    for slot in program.slots:
        if DECISION + slot in algebra.flagged:
            found += search.of_slot(slot)
    for kind, name, node in _expressions(program, algebra.flagged):
        found += search.innermost(kind, name, node)
    return [*found, *search.lowering()]


def _expressions(program: Program, flagged: set[str]) -> Iterator[tuple[str, str, Node]]:
    """Those that `run` met a fault in, and those that it doesn't meet at all."""
    for stage in program.stages:
        yield from (("rule", rule.id, rule.when) for rule in stage.rules if flagged & {FIRED + rule.id, FITS + rule.id})
        yield from (("computed", entry.name, entry.value) for entry in stage.computed if entry.name in flagged)
    yield from (("guardrail", guardrail.id, guardrail.holds) for guardrail in program.guardrails)
    for option in program.options:
        yield "option", option.id, option.share
        yield "option", option.id, option.when


@dataclass(frozen=True, slots=True)
class _Search:
    """For the terms at fault, once every name's interval is known."""

    program: Program
    env: Mapping[str, Interval]
    reach: Callable[[int], tuple[int, int]] | None

    def of_slot(self, slot: str) -> list[OutOfBounds]:
        """The effects at fault, or the slot itself: each contribution can be in bounds and their sum outside."""
        found: list[OutOfBounds] = []
        for stage in self.program.stages:
            for rule in stage.rules:
                for target, node in rule.effects:
                    if target == slot:
                        found += self.innermost("rule", rule.id, node)
        message = "what its rules add up to can leave 64 bits"
        return found or [OutOfBounds("slot", slot, "integer-overflow", message, "narrow the ranges of what they read")]

    def lowering(self) -> Iterator[OutOfBounds]:
        """Rules that could take something off as a markup: what markups come to is shared out among them."""
        for stage in self.program.stages:
            for rule in stage.rules:
                for slot, node in rule.effects:
                    reached = fold(node, IntervalAlgebra(self.reach), self.env) if slot == MARKUP else _NO
                    if reached.sound and reached.low < 0:
                        message = f"`{cel(node, self.program.currency)}` may lower the price: a markup is 0 or more"
                        yield OutOfBounds("rule", rule.id, "negative-markup", message, _OFF)

    def innermost(self, kind: str, name: str, node: Node) -> Iterator[OutOfBounds]:
        """The terms at fault whose own parts are in bounds."""
        faults = self._faults(node)
        if not faults:
            return
        inner = [fault for arg in node.args for fault in self.innermost(kind, name, arg)]
        yield from inner or (_told(kind, name, cel(node, self.program.currency), fault) for fault in faults)

    def _faults(self, node: Node) -> list[tuple[str, int, int]]:
        algebra = IntervalAlgebra(self.reach)
        fold(node, algebra, self.env)
        return algebra.faults


def _told(kind: str, name: str, text: str, fault: tuple[str, int, int]) -> OutOfBounds:
    code, low, high = fault
    if code == "negative-division":
        message = f"`{text}` may divide a negative number: as low as {low:,} in stored units"
        return OutOfBounds(kind, name, code, message, "divide max(..., 0) instead")
    message = f"`{text}` may reach {high if high > LARGEST else low:,} in stored units, beyond 64 bits"
    return OutOfBounds(kind, name, code, message, "narrow a range with min(...) or max(...)")
