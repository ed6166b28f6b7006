"""Where the shapes of a chart stand, in units of its own view box. Draws nothing: the templates do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.decision import Decision, Step

WIDTH = 1_000
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A named place on a line."""

    name: str
    at: int
    amount: int


@dataclass(frozen=True, slots=True)
class Range:
    """A price envelope on one line, from `low` to `high`, with what stands on it."""

    low: int
    high: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of a waterfall: from `start` so many units wide. `kind`: total, up or down."""

    name: str
    rule: str
    kind: str
    start: int
    width: int
    amount: int
    total: int


def price_range(decision: Decision, floor: int | None, budget: int | None) -> Range | None:
    """None where there is no price. `floor`, `budget`: shown beside it where they are known."""
    price = decision.price
    if price is None:
        return None
    named = [("target", price.target), ("low", price.low), ("stretch", price.high)]
    if price.low == price.high:
        named = [("price", price.target)]
    named += [(name, amount) for name, amount in (("floor", floor), ("budget", budget)) if amount]
    amounts = [amount for _, amount in named]
    least, most = min(amounts), max(amounts)

    def at(amount: int) -> int:
        return _MARGIN + (amount - least) * (WIDTH - 2 * _MARGIN) // max(most - least, 1)

    marks = tuple(Mark(name, at(amount), amount) for name, amount in sorted(named, key=lambda each: each[1]))
    return Range(at(price.low), at(price.high), marks)


def waterfall(steps: Sequence[Step]) -> tuple[Bar, ...]:
    """From nothing to the target; each step hangs where the one before it ended."""
    most = max([step.total for step in steps] + [step.total - step.amount for step in steps], default=0)
    if most <= 0:
        return ()

    def units(amount: int) -> int:
        return max(amount, 0) * WIDTH // most

    bars = []
    for place, step in enumerate(steps):
        before = 0 if place == 0 else step.total - step.amount
        low, high = sorted((before, step.total))
        kind = "total" if place == 0 else "down" if step.amount < 0 else "up"
        bars.append(
            Bar(step.name.replace("_", " "), step.rule or "", kind, units(low), max(units(high) - units(low), 2),
                step.amount, step.total)
        )  # fmt: skip
    return tuple(bars)
