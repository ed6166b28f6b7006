"""The second opinion: a whole program as one Python function, from the same trees and by another road.

It combines effects itself, as `run` means it, and never asks the engine. Guardrails and options are compiled here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.domain.effects import Combine
from service.domain.facts import Facts, Value
from service.matching.branching import looked_up
from service.matching.codegen import FALSE, Loads, Module, PythonLines, Term, locals_used
from service.policy.nodes import DECISION, HAS, MEMBER, Op
from service.policy.program import BoundGuardrail, BoundOption, Program, fold, run

Opinion = Callable[[Facts], tuple[tuple[Value, ...], list[Any]]]
"""The request's facts, those derived from them alone included, to the values of `decided_names` and to whether each
rule fires, in the order of the program's stages and rules. For a large table, at the end, the places of its rows."""


def decided_names(program: Program) -> tuple[str, ...]:
    """Names of slots, of their members that some expression reads, and of what is computed from slots."""
    slots = [DECISION + slot for slot in program.slots]
    members = [DECISION + slot + MEMBER + member for slot, member in sorted(program.members)]
    return (*slots, *members, *(computed.name for stage in program.stages[1:] for computed in stage.computed))


def second_opinion(program: Program) -> Opinion:
    code, loads = PythonLines(), Loads("facts")
    names = [fact.name for fact in program.facts.values()]
    names += [HAS + fact.name for fact in program.facts.values() if fact.optional]
    names += [derived.name for derived in program.stages[0].computed]
    rest = replace(program, stages=program.stages[1:])
    module = Module("second opinion")
    rows: list[str] = []
    env, fired = run(rest, code, {name: loads[name] for name in names}, looked_up(program, module, code, rows))
    unions = dict(_unions(program, env, module))
    values = ", ".join(unions.get(name) or env[name].text for name in decided_names(program))
    flags = ", ".join([*(term.text for term in fired.values()), *rows])
    answer = f"return ({values},), [{flags}]"
    used = locals_used([*code.lines, answer])
    body = [line for line in loads.lines if line.partition("=")[0] in used] + code.lines
    module.function("opinion", "facts", [*body, answer])
    opinion: Opinion = module.build()("opinion")
    return opinion


def _unions(program: Program, env: Mapping[str, Term], module: Module) -> Iterable[tuple[str, str]]:
    """Name and text of each slot that is a set."""
    module.names["nobody"] = frozenset()
    for index, slot in enumerate(s for s in program.slots.values() if s.combine is Combine.UNION):
        terms = [env[DECISION + slot.name + MEMBER + member] for member in slot.type.values]
        module.names[f"members{index}"] = slot.type.values
        text = "nobody"
        if any(term != FALSE for term in terms):
            flags = ", ".join(term.text for term in terms)
            text = f"frozenset(compress(members{index}, ({flags},)))"
        yield DECISION + slot.name, text


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked of a finished decision's values."""

    breaches: Callable[[Facts], tuple[BoundGuardrail, ...]]
    options: Callable[[Facts], tuple[tuple[BoundOption, int], ...]]


def compiled_checks(program: Program) -> Checks:
    module = Module("guardrails and options")
    code, loads = PythonLines(), Loads()
    for index, rail in enumerate(program.guardrails):
        module.names[f"rail{index}"] = rail
        code.lines.append(f"if not {fold(rail.holds, code, loads).text}: found.append(rail{index})")
    _list_function(module, "breaches", code, loads)
    code, loads = PythonLines(), Loads()
    for index, option in enumerate(program.options):
        module.names[f"option{index}"] = option
        # The share is worked out only where the option is offered.
        module.expression(f"share{index}", option.share)
        share = option.share.value if option.share.op is Op.LIT else f"share{index}(env)"
        code.lines.append(f"if {fold(option.when, code, loads).text}: found.append((option{index}, {share}))")
    _list_function(module, "options", code, loads)
    function = module.build()
    return Checks(function("breaches"), function("options"))


def _list_function(module: Module, name: str, code: PythonLines, loads: Loads) -> None:
    """`name(env)`: what the lines put into `found`."""
    module.function(name, "env", [*loads.lines, "found = []", *code.lines, "return tuple(found)"])
