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
    """What the rules decided on payment: percent in basis points."""

    prepayment_percent: int
    credit_days: int
    instalments: int
    ways_to_pay: tuple[str, ...]
    clauses: tuple[str, ...]


_milestone, _terms = maker(Milestone), maker(Terms)


def start_of_work(calendar: Calendar, as_of: date, earliest_start_days: int) -> date:
    """The first business day on which work can begin."""
    day = as_of + timedelta(days=earliest_start_days)
    return day if calendar.is_business_day(day) else calendar.add_business_days(day, 1)


def payment_days(
    calendar: Calendar, starts_on: date, duration_days: int, stages: int, credit_days: int
) -> tuple[date, ...]:
    """When work starts, then a day for each stage, at least one: evenly over the job's business days, the last one
    `credit_days` after delivery."""
    stages = max(1, stages)
    due = [calendar.add_business_days(starts_on, -(-duration_days * stage // stages)) for stage in range(1, stages + 1)]
    due[-1] += timedelta(days=credit_days)
    return (starts_on, *due)


def terms(amounts: Amounts, agreed: Agreed, days: tuple[date, ...]) -> Terms:
    """The prepayment falls due on the first of the `payment_days`, the stages on the others. Raises Inconsistent
    unless the payments sum to the target."""
    prepaid, target = amounts.prepayment, amounts.target
    if prepaid > target:
        raise Inconsistent("prepayment", prepaid, f"at most the target {target}")
    milestones: list[Milestone] = []
    if prepaid:
        milestones.append(_milestone(name="prepayment", due_on=days[0], amount=prepaid))
    if prepaid < target:
        milestones += _stages(target - prepaid, days[1:])
    if sum([milestone.amount for milestone in milestones]) != target:
        raise Inconsistent("sum of payments", [milestone.amount for milestone in milestones], target)
    return _terms(
        prepayment_percent=agreed.prepayment_percent,
        prepayment=prepaid,
        credit_limit=amounts.credit_limit if agreed.credit_days else 0,
        credit_days=agreed.credit_days,
        milestones=tuple(milestones),
        instalments=agreed.instalments,
        ways_to_pay=agreed.ways_to_pay,
        clauses=agreed.clauses,
    )


def _stages(rest: int, due: Sequence[date]) -> list[Milestone]:
    """Equal parts, the odd minor units first; a part of nothing is no milestone. The last is `final`."""
    part, odd = divmod(rest, len(due))
    if not part:
        return [_milestone(name="final", due_on=due[-1], amount=rest)]
    return [
        _milestone(name=f"stage_{number}" if number < len(due) else "final", due_on=day, amount=part + (number <= odd))
        for number, day in enumerate(due, 1)
    ]
