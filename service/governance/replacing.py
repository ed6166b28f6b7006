"""A decision's values with some of them replaced by a person, and all that follows from them computed anew.

What rules contributed stays: they have fired, and are not asked again. Formulas are, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.afterwards import Asked
from service.policy.nodes import DECISION, MEMBER
from service.policy.program import Program
from service.policy.values import evaluate_node

Env = Mapping[str, Any]
"""Facts, slots and formulas of one decision by name."""

_OUTCOME_SLOTS: dict[str, dict[str, Any]] = {
    "quote": {"decline": False, "needs_details": False, "prohibitive": 0, "approvals": frozenset()},
    "needs_details": {"decline": False, "needs_details": True, "prohibitive": 0},
    "decline": {"decline": True},
}
"""The slots that an outcome is made of, as a person's choice of it means them. Nobody of those whose approval the
rules asked for has seen a quote that a person lets out."""


def replaced_by(asked: Asked) -> dict[str, Any]:
    """Names in the env to the values that stand whatever a formula would say. One price is no range."""
    values: dict[str, Any] = {
        DECISION + slot: value for slot, value in _OUTCOME_SLOTS.get(asked.outcome or "", {}).items()
    }
    if asked.price is not None:
        values |= {DECISION + name: asked.price for name in ("low", "target", "high")}
    if asked.prepayment is not None:
        values[DECISION + "prepayment"] = asked.prepayment
    if asked.credit_days is not None:
        values[DECISION + "credit_days"] = asked.credit_days
    return values


def replaced(program: Program, env: Env, values: Mapping[str, Any]) -> dict[str, Any]:
    """`env` with `values` in it, and every formula that isn't among them computed again."""
    result = {**env, **values}
    for slot, member in program.members:
        name = DECISION + slot
        if name in values:
            result[name + MEMBER + member] = member in values[name]
    for stage in program.stages:
        for computed in stage.computed:
            if computed.name not in values:
                result[computed.name] = evaluate_node(computed.value, result)
    return result
