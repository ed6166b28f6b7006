"""The options offered side by side, one of them recommended (P14). Knows no rule: shares are passed in."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from service.domain.decision import Option, Price
from service.domain.money import PERCENT_SCALE, Rounding, divide
from service.domain.record import maker

_new_option = maker(Option)
_by_share, _id = itemgetter(2, 0), itemgetter(0)


def options(
    offered: Sequence[tuple[str, str, int]], price: Price, recommended: str | None, rounding: Rounding
) -> tuple[Option, ...]:
    """`offered`: id, title and share of the envelope in basis points. The cheapest first, ties by id.

    Ranges round outward. Where the recommended one isn't offered, the one nearest to the full scope is.
    """
    if not offered:
        return ()
    ordered = sorted(offered, key=_by_share)
    if recommended not in map(_id, ordered):
        recommended = min(ordered, key=lambda option: (abs(option[2] - PERCENT_SCALE), option[0]))[0]
    low, target, high, fixed = price.low, price.target, price.high, price.fixed is not None
    made = []
    for id, title, share in ordered:
        amount = divide(target * share, PERCENT_SCALE, rounding)
        made.append(
            _new_option(
                id=id,
                title=title,
                low=amount if fixed else low * share // PERCENT_SCALE,
                target=amount,
                high=amount if fixed else -(-high * share // PERCENT_SCALE),
                recommended=id == recommended,
            )
        )
    return tuple(made)
