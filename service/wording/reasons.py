"""Reasons in a manager's words: a rule's template with the values that it read. Never shown to a client (M4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from service.domain.decision import Effect, Reason
from service.domain.record import maker
from service.domain.units import value_text, value_writer
from service.policy.book import Template
from service.policy.nodes import Op
from service.policy.program import BoundRule, Program

Written = Mapping[str, Sequence[tuple[str, Any]]]
"""By slot: the rules that wrote it and what they wrote."""

Rendered = Callable[[Mapping[str, Any]], str]
"""From the env of a decision to text."""


_new_effect, _new_reason = maker(Effect), maker(Reason)
_ID = attrgetter("id")


def rendered(template: Template, currency: str) -> Rendered:
    """Prepared once. The loader has seen to it that every name is there when the text is wanted."""
    pieces: list[str] = []
    reads: list[tuple[str, Callable[[Any], str]]] = []
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part.replace("%", "%%"))
        elif part.op is Op.LIT:
            pieces.append(value_text(part.type, part.value, currency).replace("%", "%%"))
        else:
            assert part.op is Op.REF, part
            pieces.append("%s")
            reads.append((part.value, value_writer(part.type, currency)))
    text = "".join(pieces)
    if not reads:
        plain = text % ()
        return lambda env: plain
    if len(reads) == 1:
        ((name, write),) = reads
        return lambda env: text % write(env[name])
    return lambda env: text % tuple([write(env[name]) for name, write in reads])


class Reasons:
    """Every rule of a program, ready to say why it fired."""

    def __init__(self, program: Program) -> None:
        rules = [rule for stage in program.stages for rule in stage.rules if rule.reason.parts]
        made = {rule.id: _reason_maker(rule, program.currency) for rule in rules}
        self._settled = {rule.id: made.pop(rule.id)({}, {}) for rule in rules if _always_the_same(rule)}
        self._made = made

    def of(self, fired: Sequence[BoundRule], written: Written, env: Mapping[str, Any]) -> tuple[Reason, ...]:
        """In the order of the rules, without those that have nothing to say: a table's default that gives nothing.

        `written`: by slot, what each rule contributed to it.
        """
        reasons = [*map(self._settled.get, map(_ID, fired))]
        for place, settled in enumerate(reasons):
            if settled is None and fired[place].id in self._made:
                reasons[place] = self._made[fired[place].id](written, env)
        return tuple(filter(None, reasons))


def _reason_maker(rule: BoundRule, currency: str) -> Callable[[Written, Mapping[str, Any]], Reason]:
    id, practice, stage, text = rule.id, rule.practice, rule.stage, rendered(rule.reason, currency)
    settled = _settled_effects(rule)
    slots = [slot for slot, _ in rule.effects]

    def reason(written: Written, env: Mapping[str, Any]) -> Reason:
        effects = settled
        if effects is None:
            effects = tuple([_new_effect(slot=slot, value=_contributed(written, slot, id)) for slot in slots])
        return _new_reason(rule=id, practice=practice, stage=stage, effects=effects, text=text(env))

    return reason


def _always_the_same(rule: BoundRule) -> bool:
    return _settled_effects(rule) is not None and not _reads(rule.reason)


def _reads(template: Template) -> bool:
    return any(not isinstance(part, str) and part.op is not Op.LIT for part in template.parts)


def _settled_effects(rule: BoundRule) -> tuple[Effect, ...] | None:
    """What the rule contributes whatever the request; None where that depends on it."""
    if any(node.op is not Op.LIT for _, node in rule.effects):
        return None
    return tuple(Effect(slot=slot, value=node.value) for slot, node in rule.effects)


def _contributed(written: Written, slot: str, rule: str) -> int | bool | str:
    for id, value in written[slot]:
        if id == rule:
            contributed: int | bool | str = value
            return contributed
    raise KeyError(rule)
