"""A program in which large tables say anything that their outputs may hold: what is impossible in it is impossible.

A condition downstream of ten thousand rows would otherwise be made of all of them. What is possible in it may not be,
so that a request found with it counts only after evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.domain.effects import Combine, Slot
from service.domain.facts import BOOL, FactDecl, Type, Unit
from service.policy.book import Template
from service.policy.hits import BoundTable
from service.policy.nodes import Node, Op
from service.policy.program import BoundRule, Program, Stage

FREE = "free "
"""Prefix of the facts that stand for what a large table says. No fact of a book has a space in its name."""
_ANYTHING = 10**15
"""More than any slot holds, so that a sum with it can come to anything before it is clipped."""


def abridged(program: Program, most_rows: int) -> Program:
    facts = dict(program.facts)
    stages = tuple(_stage(program, stage, most_rows, facts) for stage in program.stages)
    return program if stages == program.stages else replace(program, stages=stages, facts=facts)


def _stage(program: Program, stage: Stage, most_rows: int, facts: dict[str, FactDecl]) -> Stage:
    if all(table.over - table.first <= most_rows for table in stage.tables):
        return stage
    rules: list[BoundRule] = []
    tables: list[BoundTable] = []
    at = 0
    for table in stage.tables:
        rules += stage.rules[at : table.first]
        at = table.over
        if table.over - table.first <= most_rows:
            first = len(rules)
            tables.append(replace(table, first=first, end=first + table.end - table.first))
            rules += stage.rules[table.first : table.over]
            continue
        for name in table.outputs:
            rules += _anything(stage, table, program.slots[name], facts)
    return replace(stage, rules=(*rules, *stage.rules[at:]), tables=tuple(tables))


def _anything(stage: Stage, table: BoundTable, slot: Slot, facts: dict[str, FactDecl]) -> Iterator[BoundRule]:
    """Rules that may fire or not, and write any value; of a set one for each member."""
    name = f"{FREE}{table.id} {slot.name}"
    if slot.combine is Combine.UNION:
        for member in slot.type.values:
            one = Type(Unit.ENUM, slot.type.values)
            yield _rule(stage, table, f"{name} {member}", slot.name, Node(Op.LIT, one, (), member), facts)
        return
    wide = slot.combine is Combine.SUM
    low, high = (-_ANYTHING, _ANYTHING) if wide else (slot.minimum, slot.maximum)
    facts[name] = FactDecl(name, slot.type, "", low, high)
    yield _rule(stage, table, f"{name} given", slot.name, Node(Op.REF, slot.type, (), name), facts)


def _rule(stage: Stage, table: BoundTable, name: str, slot: str, value: Node, facts: dict[str, FactDecl]) -> BoundRule:
    facts[name] = FactDecl(name, BOOL, "")
    when = Node(Op.REF, BOOL, (), name)
    return BoundRule(name, table.practice, stage.name, when, ((slot, value),), Template(()), "")
