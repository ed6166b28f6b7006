"""A program ready to decide: the engine's answer, checked on every decision against the second opinion.

Knows facts by name and programs; not requests, not where a book comes from.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from sys import intern
from typing import Any

from service.domain.decision import NotFired
from service.domain.effects import Combine
from service.domain.facts import Facts, Value
from service.domain.record import maker
from service.matching.asking import Env, askings
from service.matching.compiled import Opinion, compiled_checks, decided_names, second_opinion
from service.matching.engine import Lanes, Ruleset
from service.matching.indexed import without_large
from service.matching.rows import Contribution
from service.matching.stages import compiled_stages, derivation
from service.matching.tables import TableFault
from service.matching.whynot import why_not
from service.policy.nodes import DECISION, MEMBER
from service.policy.program import BoundGuardrail, BoundOption, BoundRule, Program


@dataclass(frozen=True, slots=True)
class Matched:
    """What was decided for one request. `env`: facts, slots and formulas by name, union slots as sets.

    `fired`: in stage order, by priority and id within. `disagreement`: None, or on what the two matchers differ,
    told without any value; then `env` is the engine's and the decision must be held. It must be held too where a
    decision table is at fault: `faults`.
    """

    env: Env
    fired: tuple[BoundRule, ...]
    contributions: dict[str, tuple[Contribution, ...]]
    disagreement: str | None
    faults: tuple[TableFault, ...] = ()


_new_matched = maker(Matched)


class Runtime:
    """Decides by one program. Safe to share between threads; build it in the process that uses it, after a fork.

    Raises EngineLimit for a rule that durable_rules can't hold. Freed by `close()` or with its last reference,
    but never under an evaluation that is still going on.
    """

    def __init__(self, program: Program, opinion: Opinion | None = None) -> None:
        self.program = program
        slim, self._taken = without_large(program)
        asked = askings(slim)
        self._derive = derivation(slim)
        self._stages = tuple(zip(asked.rounds[1:], compiled_stages(slim, self._taken), strict=True))
        self._lanes = Lanes([Ruleset(f"r{position}", layout) for position, layout in enumerate(asked.layouts)])
        weakref.finalize(self, self._lanes.close).atexit = False
        self._together = asked.together
        self._opinion = opinion or second_opinion(program)
        self._names = decided_names(program)
        self._decided: Callable[[Env], tuple[Value, ...]] = itemgetter(*self._names)
        self._rules = tuple(rule for stage in slim.stages for rule in stage.rules)
        self._starts = [sum(len(stage.rules) for stage in slim.stages[:index]) for index in range(len(slim.stages))]
        always = set(asked.always)
        self._flags: list[Any] = [number in always for number in range(len(self._rules))] + [()] * len(self._taken)
        self._initial = _initial(program)
        checks = compiled_checks(program)
        self._breaches, self._options = checks.breaches, checks.options

    def decide(self, facts: Facts) -> Matched:
        """`facts`: every declared fact, with `has:` entries. Raises EngineFault, EngineClosed."""
        env = self._begun(facts)
        second_values, second_flags = self._opinion(env)
        flags = self._flags.copy()
        contributions: dict[str, tuple[Contribution, ...]] = {}
        faults: list[TableFault] = []
        together, lane = self._together, self._lanes.borrow()
        try:
            for round, decide in self._stages:
                for asking in round:
                    for matched in lane.matched(asking.position, asking.properties(env)):
                        flags[matched] = True
                        if matched in together:
                            for number in together[matched]:
                                flags[number] = True
                decide(env, flags, contributions, faults)
        finally:
            self._lanes.give_back(lane)
        disagreement = None
        if self._decided(env) != second_values or flags != second_flags:
            disagreement = self._difference(env, flags, second_values, second_flags)
        return _new_matched(
            env=env,
            fired=self._fired(flags),
            contributions=contributions,
            disagreement=disagreement,
            faults=tuple(faults),
        )

    def outlook(self, facts: Facts) -> Env:
        """All values by the second opinion alone: for what-ifs that aren't the decision itself."""
        env = self._begun(facts)
        env.update(zip(self._names, self._opinion(env)[0], strict=True))
        return env

    def breaches(self, env: Facts) -> tuple[BoundGuardrail, ...]:
        """Guardrails that don't hold."""
        return self._breaches(env)

    def options(self, env: Facts) -> tuple[tuple[BoundOption, int], ...]:
        """Options offered, each with its share of the price envelope in basis points."""
        return self._options(env)

    def why_not(self, matched: Matched) -> tuple[NotFired, ...]:
        """For each rule that didn't fire, its false clauses."""
        return why_not(self.program, matched.env, matched.fired)

    def close(self) -> None:
        self._lanes.close()

    def _fired(self, flags: list[Any]) -> tuple[BoundRule, ...]:
        if not self._taken:
            return tuple(compress(self._rules, flags))
        fired: list[BoundRule] = []
        at = 0
        for taken, places in zip(self._taken, flags[len(self._rules) :], strict=True):
            before = self._starts[taken.stage] + taken.before
            fired += compress(self._rules[at:before], flags[at:before])
            fired += [taken.rows[place] for place in places]
            at = before
        return (*fired, *compress(self._rules[at:], flags[at:]))

    def _begun(self, facts: Facts) -> Env:
        """The facts, those derived from them alone, and slots that no rule has written yet."""
        env: Env = {**facts, **self._initial}
        self._derive(env)
        return env

    def _difference(self, env: Env, flags: list[Any], other_values: tuple[Value, ...], other_flags: list[Any]) -> str:
        rules = [rule.id for rule in self._rules]
        parts = []
        tables = zip(self._taken, flags[len(rules) :], other_flags[len(rules) :], strict=False)
        parts += [f"different rows of {taken.table.id}" for taken, mine, theirs in tables if mine != theirs]
        if len(flags) != len(other_flags):
            parts.append(f"{len(flags)} rules against {len(other_flags)}")
        for label, mine, theirs in (("engine", flags, other_flags), ("second opinion", other_flags, flags)):
            only = [r for r, a, b in zip(rules, mine, theirs, strict=False) if a and not b]
            if only:
                parts.append(f"only the {label} fires {', '.join(only)}")
        names = sorted(n for n, value in zip(self._names, other_values, strict=False) if env[n] != value)
        if names:
            parts.append(f"different values of {', '.join(names)}")
        return "; ".join(parts)


def _initial(program: Program) -> Env:
    initial: Env = {}
    for slot in program.slots.values():
        initial[intern(DECISION + slot.name)] = frozenset() if slot.combine is Combine.UNION else slot.initial
    for slot_name, member in program.members:
        initial[intern(DECISION + slot_name + MEMBER + member)] = False
    return initial
