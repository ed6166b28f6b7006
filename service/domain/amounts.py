"""The amounts that a book's formulas yield for one request, in minor units: what every layout starts from."""

from __future__ import annotations

from service.domain.record import record


@record
class Amounts:
    """`unbounded`: worth with markups, or the prohibitive price, before the floor and the earlier range."""

    fair_price: int
    extras_charged: int
    extras_free: int
    worth: int
    markup: int
    unbounded: int
    floor: int
    low: int
    target: int
    high: int
    discount: int
    bonus: int
    compensation: int
    prepayment: int
    credit_limit: int
