"""How far a role may go from what was decided, and who could go further. Pure: knows no request and no book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.afterwards import Asked
from service.domain.authority import Governance, OverrideLimit
from service.domain.facts import PERCENT, SCALE, Unit
from service.domain.money import PERCENT_SCALE, Rounding, divide
from service.domain.money import text as money
from service.domain.people import Role
from service.domain.units import decimal_text, value_text


@dataclass(frozen=True, slots=True)
class Basis:
    """What a person goes away from: as decided or, where no price was named, as the rules would have named it."""

    currency: str
    target: int
    prepayment: int
    credit_days: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Exceeded:
    """`field`: of the override. `limit`: its name in the book. `role`: the lowest that could, None where none may."""

    field: str
    limit: str
    message: str
    role: Role | None


def exceeded(governance: Governance, role: Role, basis: Basis, asked: Asked) -> tuple[Exceeded, ...]:
    """Everything that is beyond the role's limits."""
    limit = governance.limit_of(role)
    if limit is None:
        return (Exceeded("", "limits", f"The book lets no {role} override a decision.", _could(governance, None)),)
    told = []
    for field, name, message in _beyond(limit, basis, asked):
        could = _could(governance, (name, basis, asked))
        told.append(Exceeded(field, name, f"{name}: {message}", could))
    return tuple(told)


def _could(governance: Governance, wanted: tuple[str, Basis, Asked] | None) -> Role | None:
    """`wanted`: the limit that must not be in the way; None: any limits will do."""
    for role in Role:
        limit = governance.limit_of(role)
        if limit is not None and (wanted is None or wanted[0] not in {b[1] for b in _beyond(limit, *wanted[1:])}):
            return role
    return None


def _beyond(limit: OverrideLimit, basis: Basis, asked: Asked) -> Iterator[tuple[str, str, str]]:
    """Field, limit's name, and what the limit allows."""

    def percent(points: int) -> str:
        return value_text(PERCENT, points, basis.currency)

    target, currency = basis.target, basis.currency
    if asked.price is not None:
        if (target - asked.price) * PERCENT_SCALE > target * limit.price_down:
            least = divide(target * (PERCENT_SCALE - limit.price_down), PERCENT_SCALE, Rounding.UP)
            allowed = f"{percent(limit.price_down)} off {money(target, currency)}, to {money(least, currency)}"
            yield "price", "price_down", f"at most {allowed}"
        if (asked.price - target) * PERCENT_SCALE > target * limit.price_up:
            most = divide(target * (PERCENT_SCALE + limit.price_up), PERCENT_SCALE, Rounding.DOWN)
            allowed = f"{percent(limit.price_up)} onto {money(target, currency)}, to {money(most, currency)}"
            yield "price", "price_up", f"at most {allowed}"
    if asked.prepayment is not None and basis.prepayment - asked.prepayment > limit.prepayment_down:
        allowed = f"{decimal_text(limit.prepayment_down, SCALE[Unit.PERCENT])} points off {percent(basis.prepayment)}"
        yield "prepayment", "prepayment_down", f"at most {allowed}"
    if asked.credit_days is not None and asked.credit_days - basis.credit_days > limit.credit_days:
        yield "credit_days", "credit_days", f"at most {limit.credit_days} more than the {basis.credit_days} decided"
    if asked.outcome not in (None, basis.outcome) and asked.outcome not in limit.outcomes:
        yield "outcome", "outcomes", f"only {' or '.join(limit.outcomes) or 'the decided one'}"
