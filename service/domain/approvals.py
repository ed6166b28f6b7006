"""Who must agree before an answer goes out, because of which rules, and the outcome's precedence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.decision import Approval

PRICED = frozenset({"quote", "needs_approval", "prohibitive"})
"""Outcomes of the rules that name a price. A held decision shows the price that it would have named."""


def approvals(
    roles: Sequence[str], asked: Sequence[tuple[str, str]], reason_of: Mapping[str, str]
) -> tuple[Approval, ...]:
    """`roles` in their declared order; `asked`: (rule id, role) in the order of the rules."""
    return tuple(
        Approval(role=role, rules=rules, why=tuple(reason_of[rule] for rule in rules))
        for role in roles
        if (rules := tuple(rule for rule, asked_role in asked if asked_role == role))
    )


def outcome(*, held: bool, decline: bool, prohibitive: bool, needs_details: bool, needs_approval: bool) -> str:
    """held > decline > prohibitive > needs_details > needs_approval > quote."""
    if held:
        return "held"
    if decline:
        return "decline"
    if prohibitive:
        return "prohibitive"
    if needs_details:
        return "needs_details"
    return "needs_approval" if needs_approval else "quote"
