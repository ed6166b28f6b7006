"""The price envelope: a range, or one figure once the scope is complete, and what would narrow it. Knows no formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.domain.amounts import Amounts
from service.domain.decision import Narrowing, Price
from service.domain.errors import Inconsistent
from service.domain.quote import OpenDetail
from service.domain.record import maker

_price, _narrowing = maker(Price), maker(Narrowing)

PRICED = frozenset({"quote", "needs_approval", "prohibitive"})
"""Outcomes of the rules that name a price. A held decision shows the price that it would have named."""


def price(amounts: Amounts, currency: str, scope_complete: bool) -> Price:
    """Raises Inconsistent unless 0 <= floor <= low <= target <= high."""
    floor, low, target, high = amounts.floor, amounts.low, amounts.target, amounts.high
    if not 0 <= floor <= low <= target <= high:
        raise Inconsistent("floor, low, target, high", (floor, low, target, high), "rising order")
    fixed = target if scope_complete and low == high else None
    return _price(currency=currency, low=low, target=target, high=high, fixed=fixed)


def narrowings(details: Sequence[OpenDetail], width: int, width_without: Callable[[int], int]) -> tuple[Narrowing, ...]:
    """The open details, the one that narrows most first; ties by weight, then by name.

    `width_without(weight)`: the range's width with a detail of that weight settled. Asked once a weight.
    """
    effect = {weight: max(0, width - width_without(weight)) for weight in {detail.weight for detail in details}}
    ordered = sorted(details, key=lambda detail: (-effect[detail.weight], -detail.weight, detail.name))
    return tuple(
        [_narrowing(name=detail.name, question=detail.question, narrows_by=effect[detail.weight]) for detail in ordered]
    )
