"""One stage of a program once it is known which of its rules hold: effects to slots, slots to computed values.

Written as Python and compiled, for this stage's rules and slots alone. Never asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from service.matching.asking import Env
from service.matching.codegen import Loads, Module, PythonLines
from service.matching.indexed import IndexedTable, Taken
from service.matching.rows import Contribution, IndexedRows, RowEffects
from service.matching.tables import SettledTable, TableFault
from service.matching.writing import Giver, Writing
from service.policy.program import Program, Stage, fold

Decide = Callable[[Env, list[Any], dict[str, tuple[Contribution, ...]], list[TableFault]], None]
"""`env, flags, contributions, faults`. Puts the stage's slots and computed values into the env, and what the rules
whose flags are set give to each slot into the contributions. From then on the flags of a table's rows say which of
them fire; the faults gain those of the tables."""

Large = tuple[int, IndexedTable]
"""A large table, and how many rules of its stage stand before it."""


def derivation(program: Program) -> Callable[[Env], None]:
    """Puts into the env what is derived from the request alone: the first stage of a program has no rules."""
    module = Module("derived facts")
    module.function("derive", "env", [*_computed(program.stages[0]), "return"])
    derive: Callable[[Env], None] = module.build()("derive")
    return derive


def compiled_stages(program: Program, taken: Sequence[Taken] = ()) -> tuple[Decide, ...]:
    """Those with rules. `taken`: the large tables that were taken out of the program."""
    rules = sum(len(stage.rules) for stage in program.stages)
    tables = [
        (one, IndexedTable(one, program.stages[one.stage].name, rules + index, program.currency))
        for index, one in enumerate(taken)
    ]
    stages = []
    written: set[str] = set()
    first = 0
    for index, stage in enumerate(program.stages[1:], start=1):
        large = [(one.before, table) for one, table in tables if one.stage == index]
        stages.append(_compiled(program, stage, first, written, large))
        first += len(stage.rules)
        written.update(stage.writes)
    return tuple(stages)


def _compiled(program: Program, stage: Stage, first: int, written: set[str], large: Sequence[Large]) -> Decide:
    """`first`: program-wide number of its first rule. `written`: slots that earlier stages write."""
    module = Module(f"stage {stage.name}")
    tables = [*stage.tables, *(table.table for _, table in large)]
    givers = _givers(stage, first, large)
    writings = []
    for number, name in enumerate(stage.writes):
        slot = program.slots[name]
        read = sorted(member for slot_name, member in program.members if slot_name == name)
        sums = [table for table in tables if name in table.outputs and table.sums(slot.combine)]
        writings.append(Writing(module, number, slot, givers[name], name not in written, read, sums))
    body = [*_tables(module, program, stage, first), *_large(module, large)]
    for writing in writings:
        body += writing.gather()
    for writing in writings:
        body += writing.write()
    module.function("decide", "env, flags, contributions, faults", [*body, *_computed(stage), "return"])
    decide: Decide = module.build()("decide")
    return decide


def _givers(stage: Stage, first: int, large: Sequence[Large]) -> dict[str, list[Giver | int]]:
    """By slot, in the order of the rules, large tables in their places among them."""
    givers: dict[str, list[Giver | int]] = {name: [] for name in stage.writes}
    before = [rules for rules, _ in large]
    for number in range(len(stage.rules) + 1):
        for index, (_, table) in enumerate(large):
            if before[index] == number:
                for name in table.table.outputs:
                    givers[name].append(index)
        for rule in stage.rules[number : number + 1]:
            for name, node in rule.effects:
                givers[name].append(Giver(first + number, rule.id, node))
    return givers


def _tables(module: Module, program: Program, stage: Stage, first: int) -> Iterator[str]:
    """Which of their rows fire, of those that fit."""
    for number, table in enumerate(stage.tables):
        rows = stage.rules[table.first : table.over]
        start, end = first + table.first, first + table.end
        settled = SettledTable(table, stage.name, rows, start, end, program.currency, RowEffects(rows).values)
        module.names[f"table{number}"] = settled.settle
        yield f"fault = table{number}(env, flags)"
        yield "if fault is not None: faults.append(fault)"


def _large(module: Module, large: Sequence[Large]) -> Iterator[str]:
    for number, (_, table) in enumerate(large):
        module.names[f"given_rows{number}"] = IndexedRows(table).given
        yield f"rows{number} = given_rows{number}(env, flags, faults)"


def _computed(stage: Stage) -> list[str]:
    code, loads = PythonLines(), Loads()
    for computed in stage.computed:
        loads[computed.name] = term = code.named(fold(computed.value, code, loads))
        code.lines.append(f"env[{computed.name!r}]={term.text}")
    return [*loads.lines, *code.lines]
