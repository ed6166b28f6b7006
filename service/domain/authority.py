"""Whose word a firm wants for what: changes of its policy, and overrides of single decisions (practice D10).

A book declares it in `governance.yaml`; where it doesn't, the strictest holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from service.domain.people import Role

OVERRIDE_OUTCOMES = ("quote", "needs_details", "decline")
"""What a person may decide in the place of what was decided. A price to be refused is named as a price."""


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """Changes of which kind `by` may approve; an empty tuple means all of them.

    `subjects`: what changes, in the words of a diff (`parameter`, `rule`, `guardrail`, ...). `names`: of parameters,
    rules and so on. `effects`: those that the rule or row writes. `within`: basis points of the old value by which a
    number may move, None without bounds.
    """

    id: str
    by: Role
    subjects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    within: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovalMatrix:
    """The strictest of the lines that fit a change counts; `default` where none does."""

    lines: tuple[ApprovalLine, ...] = ()
    default: Role = Role.FINANCE


@dataclass(frozen=True, slots=True)
class OverrideLimit:
    """How far a role may go from what was decided. Percentages in basis points: of the target for prices, points for
    the prepayment. `outcomes`: those that it may put in the decided one's place."""

    price_down: int = 0
    price_up: int = 0
    prepayment_down: int = 0
    credit_days: int = 0
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Governance:
    """`limits`: a role that isn't named has those of the next one below; where there is none it may override nothing.
    `reasons`: codes that an override must name one of."""

    matrix: ApprovalMatrix = field(default_factory=ApprovalMatrix)
    limits: Mapping[Role, OverrideLimit] = field(default_factory=lambda: MappingProxyType({}))
    reasons: tuple[str, ...] = ()

    def limit_of(self, role: Role) -> OverrideLimit | None:
        """None where the role may override nothing."""
        return next((self.limits[r] for r in reversed(Role) if role.covers(r) and r in self.limits), None)
