"""What the rows of decision tables give to slots, each row's part compiled when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from service.domain.facts import Value
from service.matching.asking import Env
from service.matching.codegen import Module
from service.matching.indexed import IndexedTable
from service.matching.tables import TableFault
from service.policy.nodes import Op
from service.policy.program import BoundRule

Contribution = tuple[str, Value]
"""Rule id and what the rule contributes to a slot."""

_Effect = tuple[str, Contribution, Callable[[Env], Value] | None]
"""Slot, contribution, and how its value is computed where it isn't the same for every request."""


class RowEffects:
    def __init__(self, rows: Sequence[BoundRule]) -> None:
        self._rows = rows
        self._made: dict[int, tuple[_Effect, ...]] = {}

    def values(self, env: Env, place: int) -> list[Value]:
        """What a row gives, in the order of its outputs."""
        return [value if compute is None else compute(env) for _, (_, value), compute in self._of(place)]

    def given(self, env: Env, places: Sequence[int]) -> dict[str, list[Contribution]]:
        """By slot what these rows give to it, in their order."""
        given: dict[str, list[Contribution]] = {}
        for place in places:
            for slot, contribution, compute in self._of(place):
                if compute is not None:
                    contribution = (contribution[0], compute(env))
                given.setdefault(slot, []).append(contribution)
        return given

    def _of(self, place: int) -> tuple[_Effect, ...]:
        effects = self._made.get(place)
        if effects is None:
            effects = self._made[place] = _compiled(self._rows[place])
        return effects


def _compiled(rule: BoundRule) -> tuple[_Effect, ...]:
    module = Module("effects of a row")
    computed = [index for index, (_, node) in enumerate(rule.effects) if node.op is not Op.LIT]
    for index in computed:
        module.expression(f"effect{index}", rule.effects[index][1])
    function: Callable[[str], Any] = module.build() if computed else str
    return tuple(
        (slot, (rule.id, False), function(f"effect{index}"))
        if index in computed
        else (slot, (rule.id, node.value), None)
        for index, (slot, node) in enumerate(rule.effects)
    )


class IndexedRows:
    """A large table in a stage."""

    def __init__(self, table: IndexedTable) -> None:
        self._table = table
        self._effects = RowEffects(table.rows)

    def given(self, env: Env, flags: list[Any], faults: list[TableFault]) -> dict[str, list[Contribution]]:
        """By slot what the rows that fire give to it; their places are put among the flags."""
        fires, fault = self._table.settle(env, self._effects.values)
        flags[self._table.position] = fires
        if fault is not None:
            faults.append(fault)
        return self._effects.given(env, fires)
