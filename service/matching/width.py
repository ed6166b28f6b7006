"""How wide the price range would be with details settled: the second opinion cut down to what its two ends need."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.domain.facts import Facts
from service.matching.branching import looked_up
from service.matching.codegen import Loads, Module, PythonLines, Term
from service.policy.nodes import HAS
from service.policy.program import Program, run

Width = Callable[[Facts, int, int], int]
"""Facts, and in place of theirs the weight and the number of the open details, to `high - low`."""

_LOCAL = re.compile(r"\b[fv]\d+\b")


def compiled_width(program: Program) -> Width:
    code, loads = PythonLines(), Loads("facts")
    names = [fact.name for fact in program.facts.values()]
    names += [HAS + fact.name for fact in program.facts.values() if fact.optional]
    given = {name: loads[name] for name in names}
    given |= {"job.open_weight": Term("weight"), "job.open_count": Term("count")}
    module = Module("width")
    env, _ = run(program, code, given, looked_up(program, module, code, [], at_once=False))
    answer = f"return {env['decision.high'].text} - {env['decision.low'].text}"
    module.function("width", "facts, weight, count", [*_needed([*loads.lines, *code.lines], answer), answer])
    width: Width = module.build()("width")
    return width


def _needed(lines: list[str], answer: str) -> list[str]:
    """The lines that the answer reads, straight or through others. A literal that looks like a name costs a line."""
    wanted = set(_LOCAL.findall(answer))
    kept = []
    for line in reversed(lines):
        target, _, expression = line.partition("=")
        if target in wanted:
            wanted.update(_LOCAL.findall(expression))
            kept.append(line)
    return kept[::-1]
