"""Questions about a book on one day in one currency, each answered by a request that shows it, by none, or not at all.

A request found is never believed: the rules that it is about are evaluated on it by the reference reader. Facts count
as independent of one another within their declared ranges, as they do for the bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from service.domain.facts import Facts, Value
from service.domain.units import value_text
from service.policy.algebra import Algebra, fold
from service.policy.analysis.abridging import abridged
from service.policy.analysis.graph import Graph, Read, facts_at
from service.policy.analysis.search import STEPS, Verdict, find
from service.policy.hits import BoundTable
from service.policy.nodes import DECISION, HAS, MEMBER, Node, references
from service.policy.program import BoundRule, Program, Stage, run
from service.policy.values import ValueAlgebra, evaluate_node

MANY_ROWS = 200
"""Above this what a table says counts as anything, and its rows aren't asked about one by one."""
MANY_RULES = 2_000
SHOWN = 6
"""Facts of a witness that are told; the rest of it is like any other request."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that shows a finding. `needed`: the facts that matter, by name, `has:` entries included."""

    facts: Facts
    needed: tuple[str, ...]


class Inquiry:
    """`program`: as bound on `day`. `rules`: its rules by id.

    `steps`: of all searches together, so that a large book ends too.
    """

    def __init__(self, program: Program, day: date, steps: int) -> None:
        self.program, self.day = program, day
        self.rules = {rule.id: rule for stage in program.stages for rule in stage.rules}
        self.graph = Graph()
        self.env: dict[str, Read]
        algebra: Algebra[Any] = self.graph
        short = abridged(program, MANY_ROWS)
        self.env, _ = run(short, algebra, self.graph.inputs(short.facts))
        self.left = steps
        self._slices: dict[frozenset[str], Program] = {}

    def term(self, node: Node) -> int:
        """That of a condition."""
        term = fold(node, self.graph, self.env)
        assert isinstance(term, int)
        return term

    def find(self, term: int) -> Witness | Verdict:
        if self.left <= 0:
            return Verdict.UNKNOWN
        point, steps = find(self.graph, term, steps=min(self.left, STEPS))
        self.left -= steps
        if isinstance(point, Verdict):
            return point
        facts = facts_at(self.graph, self.program.facts, point)
        needed = sorted(self.graph.variables[i].name for i in point)
        return Witness(facts, tuple(name for name in needed if name in facts))

    def known(self, witness: Witness, nodes: Iterable[Node]) -> dict[str, Value]:
        """All that these expressions read, computed for the witness by the reference reader."""
        names = frozenset().union(*(references(node) for node in nodes))
        program = self._slices.get(names)
        if program is None:
            program = self._slices[names] = sliced(self.program, names)
        return _run(program, witness)[0]

    def holds(self, witness: Witness, node: Node) -> bool:
        """Whether a condition is true of the witness, by the reference reader."""
        return evaluate_node(node, self.known(witness, [node])) is True

    def fires(self, witness: Witness) -> list[tuple[str, bool]]:
        """Of every rule whether it fires for the witness; of a large book of none, which would take too long."""
        if len(self.rules) > MANY_RULES:
            return []
        return [(rule, fires is True) for rule, fires in _run(self.program, witness)[1].items()]

    def told(self, witness: Witness, columns: Iterable[Node] = ()) -> tuple[tuple[str, str], ...]:
        """Names and values: of the columns that aren't facts themselves, then of the facts, the telling ones first."""
        facts, currency = self.program.facts, self.program.currency
        columns = [node for node in columns if node.value not in facts]
        env = self.known(witness, columns)
        told = {node.value: value_text(node.type, env[node.value], currency) for node in columns if node.value in env}
        for name in sorted(witness.needed, key=lambda name: self._usual(witness.facts, name)):
            plain = name.removeprefix(HAS)
            if facts[plain].optional and not witness.facts[HAS + plain]:
                told[plain] = "absent"
            elif name == plain:
                told[name] = value_text(facts[name].type, witness.facts[name], currency)
        return tuple(told.items())

    def _usual(self, facts: Mapping[str, Value], name: str) -> bool:
        plain = name.removeprefix(HAS)
        return facts[plain] == self.program.facts[plain].zero()


def _run(program: Program, witness: Witness) -> tuple[dict[str, Any], dict[str, Any]]:
    facts: Mapping[str, Any] = witness.facts
    algebra: Algebra[Any] = ValueAlgebra()
    return run(program, algebra, facts)


def sentence(told: tuple[tuple[str, str], ...]) -> str:
    """`client.orders 3, client.category vip`."""
    text = ", ".join(f"{name} {value}" for name, value in told[:SHOWN])
    return f"{text}, ..." if len(told) > SHOWN else text


def sliced(program: Program, names: frozenset[str]) -> Program:
    """The program with no more than what these names come from."""
    needed = {_slot(name) for name in names}
    stages: list[Stage] = []
    for stage in reversed(program.stages):
        computed = []
        for entry in reversed(stage.computed):
            if entry.name in needed:
                computed.append(entry)
                needed.update(map(_slot, references(entry.value)))
        rules, tables = _writing(stage, needed)
        for rule in rules:
            needed.update(_reads(rule))
        writes = tuple(sorted({slot for rule in rules for slot, _ in rule.effects}))
        computed.reverse()
        stages.append(replace(stage, rules=rules, writes=writes, computed=tuple(computed), tables=tables))
    return replace(program, stages=tuple(reversed(stages)))


def _writing(stage: Stage, needed: Set[str]) -> tuple[tuple[BoundRule, ...], tuple[BoundTable, ...]]:
    """Its rules that write what is needed, and of a table that does all rows: they yield to one another."""

    def wanted(rules: Sequence[BoundRule]) -> list[BoundRule]:
        return [rule for rule in rules if any(DECISION + slot in needed for slot, _ in rule.effects)]

    rules: list[BoundRule] = []
    tables: list[BoundTable] = []
    at = 0
    for table in stage.tables:
        rules += wanted(stage.rules[at : table.first])
        at = table.over
        rows = stage.rules[table.first : table.over]
        if wanted(rows):
            first = len(rules)
            tables.append(replace(table, first=first, end=first + table.end - table.first))
            rules += rows
    return (*rules, *wanted(stage.rules[at:])), tuple(tables)


def _reads(rule: BoundRule) -> set[str]:
    nodes = (rule.when, *(value for _, value in rule.effects))
    return {_slot(name) for node in nodes for name in references(node)}


def _slot(name: str) -> str:
    return name.partition(MEMBER)[0] if name.startswith(DECISION) else name
