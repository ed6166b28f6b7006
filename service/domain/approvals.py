"""Who must agree before an answer goes out, and because of which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.decision import Approval


def approvals(
    roles: Sequence[str], asked: Sequence[tuple[str, str]], reason_of: Mapping[str, str]
) -> tuple[Approval, ...]:
    """`roles` in their declared order; `asked`: (rule id, role) in the order of the rules."""
    return tuple(
        Approval(role=role, rules=rules, why=tuple(reason_of[rule] for rule in rules))
        for role in roles
        if (rules := tuple(rule for rule, asked_role in asked if asked_role == role))
    )
