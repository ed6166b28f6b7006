"""The way from fair price to target, one step after another, to the last minor unit. Computes no price of its own:
it lays out what the book's formulas yielded, and refuses amounts that don't add up."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.amounts import Amounts
from service.domain.decision import Step
from service.domain.errors import Inconsistent
from service.domain.money import PERCENT_SCALE, shares
from service.domain.quote import EarlierRange
from service.domain.record import maker, record


@record
class Causes:
    """What moved the price: rule ids, the percentages and the times that they wrote, and the named roundings.

    `markups`: a rule's percentage, or the book's own where the rule is None. `prohibitive`: 20,000 is twice the
    worth; 0 means that markups count.
    """

    markups: Sequence[tuple[str | None, int]] = ()
    prohibitive: int = 0
    prohibitive_rule: str | None = None
    extras_rule: str | None = None
    earlier: EarlierRange | None = None
    markup_rounding: str | None = None
    prohibitive_rounding: str | None = None


_new_step = maker(Step)


def waterfall(amounts: Amounts, causes: Causes) -> tuple[Step, ...]:
    """Steps `fair`, `extras`, `markup` (one a rule), `prohibitive`, `earlier_range`, `floor`; those that apply.

    Where a book's own formulas add something else, a step `adjustment` shows it. The last total is the target;
    raises Inconsistent otherwise.
    """
    steps = [_step("fair", None, amounts.fair_price, amounts.fair_price, amounts.fair_price)]
    total = amounts.fair_price
    if amounts.extras_charged:
        total += amounts.extras_charged
        steps.append(_step("extras", causes.extras_rule, amounts.fair_price, amounts.extras_charged, total))
    if total != amounts.worth:
        total = _adjusted(steps, total, amounts.worth)
    if causes.prohibitive or causes.markups:
        total = _raised(steps, total, amounts, causes)
    if total != amounts.unbounded:
        total = _adjusted(steps, total, amounts.unbounded)
    total = _bounded(steps, total, amounts, causes.earlier)
    if total != amounts.target:
        total = _adjusted(steps, total, amounts.target)
    if steps[-1].total != amounts.target or sum([step.amount for step in steps]) != amounts.target:
        raise Inconsistent("waterfall's total", steps[-1].total, amounts.target)
    return tuple(steps)


def _step(name: str, rule: str | None, basis: int, amount: int, total: int) -> Step:
    return _new_step(name=name, rule=rule, basis=basis, percent=None, amount=amount, rounding=None, total=total)


def _adjusted(steps: list[Step], total: int, required: int) -> int:
    steps.append(_step("adjustment", None, total, required - total, required))
    return required


def _raised(steps: list[Step], total: int, amounts: Amounts, causes: Causes) -> int:
    """The prohibitive price replaces the markups; its percentage is what it adds on the worth."""
    if causes.prohibitive:
        steps.append(
            _new_step(
                name="prohibitive",
                rule=causes.prohibitive_rule,
                basis=amounts.worth,
                percent=causes.prohibitive - PERCENT_SCALE,
                amount=amounts.unbounded - total,
                rounding=causes.prohibitive_rounding,
                total=amounts.unbounded,
            )
        )
        return amounts.unbounded
    percents = [percent for _, percent in causes.markups]
    if min(percents) < 0:
        raise Inconsistent("a rule's markup", min(percents), "0 or more")
    parts = shares(amounts.markup, percents)
    for (rule, percent), amount in zip(causes.markups, parts, strict=True):
        total += amount
        steps.append(
            _new_step(
                name="markup",
                rule=rule,
                basis=amounts.worth,
                percent=percent,
                amount=amount,
                rounding=causes.markup_rounding,
                total=total,
            )
        )
    return total


def _bounded(steps: list[Step], total: int, amounts: Amounts, earlier: EarlierRange | None) -> int:
    """Back into the range named earlier (P17), then up to the floor (P1), as far as the target shows that it was."""
    if earlier is not None and not earlier.scope_changed:
        kept = min(max(total, earlier.low), earlier.high)
        if kept != total and amounts.target == max(kept, amounts.floor):
            steps.append(_step("earlier_range", None, total, kept - total, kept))
            total = kept
    if total < amounts.floor == amounts.target:
        steps.append(_step("floor", None, total, amounts.floor - total, amounts.floor))
        total = amounts.floor
    return total
