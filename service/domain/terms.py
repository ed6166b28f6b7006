"""Terms of payment: prepayment and milestones that sum to the target, with dates that the calendar allows (T1, T6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from service.domain.amounts import Amounts
from service.domain.calendar import Calendar
from service.domain.decision import Milestone, Terms
from service.domain.errors import Inconsistent
from service.domain.record import maker, record


@record
class Agreed:
    """What the rules decided on payment: percent in basis points, `stages` payments after the prepayment."""

    prepayment_percent: int
    credit_days: int
    stages: int
    instalments: int
    ways_to_pay: tuple[str, ...]
    clauses: tuple[str, ...]


_milestone, _terms = maker(Milestone), maker(Terms)


def start_of_work(calendar: Calendar, as_of: date, earliest_start_days: int) -> date:
    """The first business day on which work can begin."""
    day = as_of + timedelta(days=earliest_start_days)
    return day if calendar.is_business_day(day) else calendar.add_business_days(day, 1)


def terms(amounts: Amounts, agreed: Agreed, calendar: Calendar, starts_on: date, duration_days: int) -> Terms:
    """The prepayment falls due when work starts, the stages evenly over the job's business days, the last one
    `credit_days` after delivery. Raises Inconsistent unless the payments sum to the target."""
    rest = amounts.target - amounts.prepayment
    if rest < 0:
        raise Inconsistent("prepayment", amounts.prepayment, f"at most the target {amounts.target}")
    milestones: list[Milestone] = []
    if amounts.prepayment:
        milestones.append(_milestone(name="prepayment", due_on=starts_on, amount=amounts.prepayment))
    if rest:
        due = _stage_dates(calendar, starts_on, duration_days, max(1, agreed.stages), agreed.credit_days)
        milestones.extend(_stages(rest, due))
    if sum([milestone.amount for milestone in milestones]) != amounts.target:
        raise Inconsistent("sum of payments", [milestone.amount for milestone in milestones], amounts.target)
    return _terms(
        prepayment_percent=agreed.prepayment_percent,
        prepayment=amounts.prepayment,
        credit_limit=amounts.credit_limit if agreed.credit_days else 0,
        credit_days=agreed.credit_days,
        milestones=tuple(milestones),
        instalments=agreed.instalments,
        ways_to_pay=agreed.ways_to_pay,
        clauses=agreed.clauses,
    )


def _stage_dates(calendar: Calendar, starts_on: date, duration_days: int, stages: int, credit_days: int) -> list[date]:
    due = [calendar.add_business_days(starts_on, -(-duration_days * stage // stages)) for stage in range(1, stages + 1)]
    due[-1] += timedelta(days=credit_days)
    return due


def _stages(rest: int, due: Sequence[date]) -> list[Milestone]:
    """Equal parts, the odd minor units first; a part of nothing is no milestone. The last is `final`."""
    part, odd = divmod(rest, len(due))
    if not part:
        return [_milestone(name="final", due_on=due[-1], amount=rest)]
    return [
        _milestone(name=f"stage_{number}" if number < len(due) else "final", due_on=day, amount=part + (number <= odd))
        for number, day in enumerate(due, 1)
    ]
