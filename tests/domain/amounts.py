"""Amounts for tests: a job of 1,000.00 that costs 700.00, with a minimum profit of 100.00."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.domain.amounts import Amounts

PLAIN = Amounts(
    fair_price=100_000,
    extras_charged=0,
    extras_free=0,
    worth=100_000,
    markup=0,
    unbounded=100_000,
    floor=80_000,
    low=90_000,
    target=100_000,
    high=115_000,
    discount=0,
    bonus=0,
    compensation=0,
    prepayment=50_000,
    credit_limit=0,
)


def amounts(**changed: Any) -> Amounts:
    return replace(PLAIN, **changed)
