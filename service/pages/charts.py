"""Where the shapes of a chart stand, in units of its own view box. Draws nothing: the templates do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.decision import Decision, Step
from service.domain.lists import Active, Movement

WIDTH = 1_000
SCORES = 5
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


@dataclass(frozen=True, slots=True)
class Cell:
    """Of the activity matrix. `recency`, `frequency`: scores, 5 the best. `shade`: percent of the fullest cell."""

    recency: int
    frequency: int
    clients: int
    shade: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Whoever was in one category a month ago: how many, and in which they are now, as pieces of one bar."""

    before: str
    clients: int
    now: tuple[tuple[str, int, int, int], ...]
    """Category, clients, and where the piece starts and how wide it is."""


def matrix(active: Sequence[Active]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of recency, the latest first; columns of frequency, rising."""
    counts = Counter((each.recency_score, each.frequency_score) for each in active)
    most = max(counts.values(), default=1)
    return tuple(
        tuple(Cell(r, f, counts[r, f], counts[r, f] * 100 // most) for f in range(1, SCORES + 1))
        for r in range(SCORES, 0, -1)
    )


def moved(found: Sequence[Movement]) -> tuple[Moved, ...]:
    bars = []
    for before in dict.fromkeys(each.before for each in found):
        theirs = [each for each in found if each.before == before]
        total, at, pieces = sum(each.clients for each in theirs), 0, []
        for each in theirs:
            start, end = at * WIDTH // total, (at + each.clients) * WIDTH // total
            pieces.append((each.after, each.clients, start, max(end - start, 1)))
            at += each.clients
        bars.append(Moved(before, total, tuple(pieces)))
    return tuple(bars)


def price_range(decision: Decision, floor: int | None, budget: int | None) -> Range | None:
    """None where there is no price, or nothing beside it. `floor`, `budget`: shown where they are known."""
    price = decision.price
    if price is None:
        return None
    named = [("target", price.target), ("low", price.low), ("stretch", price.high)]
    if price.low == price.high:
        named = [("price", price.target)]
    named += [(name, amount) for name, amount in (("floor", floor), ("budget", budget)) if amount]
    amounts = [amount for _, amount in named]
    least, most = min(amounts), max(amounts)
    if len(named) == 1:
        return None

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
