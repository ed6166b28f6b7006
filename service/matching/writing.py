"""A slot's part of a stage as lines of Python: which rules give to it, what they give, and what that comes to.

The lines read `env`, `flags`, and `rows<n>`: by slot, what the n-th large table of the stage gives. They write `env`
and `contributions`. What several contributions come to is `service.domain.effects`' business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

from service.domain.effects import Combine, Slot, combined, combiner
from service.domain.facts import Value
from service.matching.codegen import Module
from service.matching.rows import Contribution
from service.matching.tables import summed
from service.policy.hits import BoundTable
from service.policy.nodes import DECISION, MEMBER, Node, Op

_FEW = 12
"""Flags that are looked at one by one sooner than they are collected."""


@dataclass(frozen=True, slots=True)
class Giver:
    """A rule, by its program-wide number, with its effect on the slot."""

    flag: int
    rule: str
    node: Node

    @property
    def contribution(self) -> Contribution | None:
        """None where it isn't the same for every request."""
        return (self.rule, self.node.value) if self.node.op is Op.LIT else None


@dataclass(frozen=True, slots=True)
class Writing:
    """`number`: of the slot in its stage. `givers`: in the order of the rules; a number is a large table's. `fresh`:
    no earlier stage writes it. `read`: those of its members that some expression reads. `sums`: tables that give it
    the sum of their rows."""

    module: Module
    number: int
    slot: Slot
    givers: Sequence[Giver | int]
    fresh: bool
    read: Sequence[str]
    sums: Sequence[BoundTable]

    def gather(self) -> Iterator[str]:
        """Effects read the slots as earlier stages left them: so all are worked out before the first is written."""
        if self._settled() is not None:
            return
        given = f"given{self.number}"
        yield f"{given} = []"
        for index, giver in enumerate(self.givers):
            if isinstance(giver, int):
                yield f"{given} += rows{giver}.get({self.slot.name!r}, ())"
            elif giver.contribution is not None:
                contribution = self._constant(f"contribution{index}_", giver.contribution)
                yield f"if flags[{giver.flag}]: {given}.append({contribution})"
            else:
                effect = f"effect{self.number}_{index}"
                self.module.expression(effect, giver.node)
                yield f"if flags[{giver.flag}]: {given}.append(({giver.rule!r}, {effect}(env)))"

    def write(self) -> Iterator[str]:
        slot, name, key = self.slot, repr(self.slot.name), repr(DECISION + self.slot.name)
        start: Value = frozenset() if slot.combine is Combine.UNION else combined(slot, slot.initial, ())
        if self.fresh and slot.combine is not Combine.UNION and start != slot.initial:
            # An initial value outside the slot's range is clipped from the first stage that writes it on.
            yield f"env[{key}] = {start!r}"
        settled = self._settled()
        if settled is None:
            yield f"if given{self.number}:"
            yield f" given = tuple(given{self.number})"
        elif len(settled) == 1:
            yield f"if {self._flags()}:"
            yield f" given = {self._constant('contributions', settled)}"
        else:
            yield f"if {self._any_flag()}:"
            yield f" chosen = {self._flags()}"
            yield f" given = tuple(compress({self._constant('contributions', settled)}, chosen))"
        if settled is not None and len(settled) == 1 and self.fresh and not self.sums:
            yield f" result = {self._constant('result', combined(slot, start, [settled[0][1]]))}"
        else:
            yield f" result = {self._constant('combine', combiner(slot))}(env[{key}], {self._values(settled)})"
        yield f" env[{key}] = result"
        yield f" contributions[{name}] = {'given' if self.fresh else f'contributions.get({name}, ()) + given'}"
        for member in self.read:
            yield f" env[{DECISION + slot.name + MEMBER + member!r}] = {member!r} in result"

    def _values(self, settled: tuple[Contribution, ...] | None) -> str:
        """Text of the values given."""
        if self.sums:
            return f"{self._constant('summed', partial(summed, self.sums))}(given)"
        if settled is None:
            return "[value for _, value in given]"
        values = self._constant("values", tuple(value for _, value in settled))
        return values if len(settled) == 1 else f"compress({values}, chosen)"

    def _settled(self) -> tuple[Contribution, ...] | None:
        """What each giver gives; None where some of that must be worked out."""
        settled = []
        for giver in self.givers:
            contribution = None if isinstance(giver, int) else giver.contribution
            if contribution is None:
                return None
            settled.append(contribution)
        return tuple(settled)

    def _any_flag(self) -> str:
        """Text of whether anything is given."""
        flags = [giver.flag for giver in self.givers if isinstance(giver, Giver)]
        if len(flags) > _FEW:
            return f"True in {self._flags()}"
        return " or ".join([f"flags[{flag}]" for flag in flags])

    def _flags(self) -> str:
        """Text of the givers' flags: of one the flag itself."""
        flags = [giver.flag for giver in self.givers if isinstance(giver, Giver)]
        if len(flags) == 1:
            return f"flags[{flags[0]}]"
        if flags[-1] - flags[0] < len(flags):
            return f"flags[{flags[0]}:{flags[-1] + 1}]"
        return f"{self._constant('choose', itemgetter(*flags))}(flags)"

    def _constant(self, name: str, value: Any) -> str:
        """Its name in the compiled module."""
        self.module.names[f"{name}{self.number}"] = value
        return f"{name}{self.number}"
