"""A book decided without the engine: quick to build, for versions of it that only a trial ever sees.

One matcher alone is nobody's second opinion, so it never decides a real request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import compress

from service.domain.decision import NotFired
from service.domain.effects import Combine
from service.domain.facts import Facts, Value
from service.matching.codegen import Loads, Module, PythonLines
from service.matching.compiled import Checks, compiled_checks
from service.matching.runtime import Matched
from service.matching.tables import TableFault, fault
from service.matching.whynot import why_not
from service.policy.binding import bind, epoch
from service.policy.book import Book
from service.policy.nodes import DECISION, HAS, MEMBER
from service.policy.program import BoundGuardrail, BoundOption, BoundRule, Program, run
from service.policy.values import evaluate_node

Reading = Callable[[Facts], tuple[dict[str, Value], list[bool]]]
"""Facts to every value by name, and whether each rule fires, in the order of the program's stages and rules."""


class TrialRuntime:
    """Stands in for the engine's runtime where a book is only tried out."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._read = _reading(program)
        self._rules = tuple(rule for stage in program.stages for rule in stage.rules)

    @cached_property
    def _checks(self) -> Checks:
        return compiled_checks(self.program)

    def decide(self, facts: Facts) -> Matched:
        env, flags = self._read(facts)
        fired = tuple(compress(self._rules, flags))
        return Matched(env, fired, _contributions(fired, env), None, tuple(self._faults(env, fired)))

    def _faults(self, env: Facts, fired: tuple[BoundRule, ...]) -> Iterator[TableFault]:
        """A table is at fault where nothing of it fires, not even a default."""
        ids = {rule.id for rule in fired}
        for stage in self.program.stages:
            for table in stage.tables:
                rows = stage.rules[table.first : table.end]
                if not any(rule.id in ids for rule in stage.rules[table.first : table.over]):
                    fits = [place for place, row in enumerate(rows) if evaluate_node(row.when, env)]
                    yield fault(table, stage.name, rows, fits, env, self.program.currency)

    def breaches(self, env: Facts) -> tuple[BoundGuardrail, ...]:
        return self._checks.breaches(env)

    def options(self, env: Facts) -> tuple[tuple[BoundOption, int], ...]:
        return self._checks.options(env)

    def why_not(self, matched: Matched) -> tuple[NotFired, ...]:
        return why_not(self.program, matched.env, matched.fired)


class Trial:
    """A book and its trial runtimes, each bound once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._runtimes: dict[tuple[date, str], TrialRuntime] = {}

    def runtime(self, as_of: date, currency: str, overrides: Mapping[str, int] | None = None) -> TrialRuntime:
        """Raises NoRate, NoValue, NoParameter."""
        if overrides:
            return TrialRuntime(bind(self.book, as_of, currency, overrides))
        runtime = self._runtimes.get((as_of, currency))
        if runtime is None:
            key = (epoch(self.book, as_of), currency)
            runtime = self._runtimes.get(key) or TrialRuntime(bind(self.book, as_of, currency))
            self._runtimes[key] = self._runtimes[as_of, currency] = runtime
        return runtime


def _reading(program: Program) -> Reading:
    code, loads = PythonLines(), Loads("facts")
    names = [fact.name for fact in program.facts.values()]
    names += [HAS + fact.name for fact in program.facts.values() if fact.optional]
    env, fired = run(program, code, {name: loads[name] for name in names})
    texts = {name: term.text for name, term in env.items() if MEMBER not in name.removeprefix(HAS)}
    for slot in (slot for slot in program.slots.values() if slot.combine is Combine.UNION):
        key = DECISION + slot.name
        members = {member: env[f"{key}{MEMBER}{member}"].text for member in slot.type.values}
        texts.update((f"{key}{MEMBER}{member}", text) for member, text in members.items())
        chosen = ", ".join(f"({member!r} if {text} else '')" for member, text in members.items())
        texts[key] = f"frozenset(({chosen},)) - nothing"
    module = Module("trial")
    module.names["nothing"] = frozenset({""})
    entries = ", ".join(f"{name!r}: {text}" for name, text in texts.items() if name not in names)
    flags = ", ".join(term.text for term in fired.values())
    module.function("read", "facts", [*loads.lines, *code.lines, f"return {{**facts, {entries}}}, [{flags}]"])
    reading: Reading = module.build()("read")
    return reading


def _contributions(fired: tuple[BoundRule, ...], env: Facts) -> dict[str, tuple[tuple[str, Value], ...]]:
    """An effect reads only what is settled before its stage, so the finished values give what they gave then."""
    gathered: dict[str, list[tuple[str, Value]]] = {}
    for rule in fired:
        for slot, node in rule.effects:
            gathered.setdefault(slot, []).append((rule.id, evaluate_node(node, env)))
    return {slot: tuple(values) for slot, values in gathered.items()}
