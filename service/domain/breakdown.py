"""What the price is made of and what it includes (P8, P11): shares of the target, items in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.decision import Share
from service.domain.money import shares
from service.domain.quote import Extra, Line
from service.domain.record import maker

_share = maker(Share)


def line_shares(target: int, lines: Sequence[Line], charged: Sequence[Extra]) -> tuple[Share, ...]:
    """The target over the lines and the charged extras, by fair price; sums to it exactly. Empty without items."""
    weights = [line.fair_price for line in lines] + [extra.price for extra in charged]
    if not weights:
        return ()
    amounts = iter(shares(target, weights))
    parts = [_share(description=line.description, performer=line.performer, amount=next(amounts)) for line in lines]
    parts += [_share(description=extra.description, performer=None, amount=next(amounts)) for extra in charged]
    return tuple(parts)


def included(lines: Sequence[Line], extras: Sequence[Extra]) -> tuple[str, ...]:
    """Everything that the price includes, even the obvious, line by line."""
    items: list[str] = []
    for line in lines:
        items.append(f"{line.description} ({line.format})" if line.format else line.description)
        items.extend(line.includes)
    items += [extra.description for extra in extras]
    return tuple(items)
