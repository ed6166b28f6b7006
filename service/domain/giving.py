"""What was given away, and what got lost beyond that, as sums over many decisions (D3, D5, D10). Knows no tables.

Money is in minor units of the currency it stands with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class GivenIn:
    """Concessions of one month, client, caller and set of rules: offered in so many decisions, and given in those whose
    quote was won. `month`: as `2026-03`. `kind`: discount, bonus, free_extras or compensation."""

    month: str
    client_id: str
    caller: str
    rules: str
    kind: str
    currency: str
    decisions: int
    offered: int
    given: int


@dataclass(frozen=True, slots=True)
class Sum:
    """`key`: a month, a client, a caller, or rules."""

    key: str
    currency: str
    decisions: int = 0
    offered: int = 0
    given: int = 0


@dataclass(frozen=True, slots=True)
class Won:
    """Quotes of one month and caller that were won. `quoted`: their targets. `agreed`: what was agreed at last, else
    what a person put in the target's place. `lost`: by how much that is less, each quote by itself; of it `overridden`
    where a person had decided so, the rest nobody answered for."""

    month: str
    caller: str
    currency: str
    quotes: int
    quoted: int
    agreed: int
    lost: int
    overridden: int


def summed(found: Iterable[GivenIn], key: Callable[[GivenIn], str]) -> tuple[Sum, ...]:
    """By key and currency, what was offered most first."""
    sums: dict[tuple[str, str], Sum] = {}
    for each in found:
        at = (key(each), each.currency)
        one = sums.get(at, Sum(*at))
        sums[at] = replace(
            one, decisions=one.decisions + each.decisions, offered=one.offered + each.offered,
            given=one.given + each.given,
        )  # fmt: skip
    return tuple(sorted(sums.values(), key=lambda one: (-one.offered, one.key, one.currency)))


def leaked(found: Sequence[Won], key: Callable[[Won], str]) -> tuple[tuple[str, Won], ...]:
    """By key and currency, in the order of the keys; `month` and `caller` of the sums are those of any of them."""
    groups: dict[tuple[str, str], list[Won]] = defaultdict(list)
    for each in found:
        groups[key(each), each.currency].append(each)
    return tuple((at[0], _together(groups[at])) for at in sorted(groups))


def _together(some: Sequence[Won]) -> Won:
    names = ("quotes", "quoted", "agreed", "lost", "overridden")
    return replace(some[0], **{name: sum(getattr(each, name) for each in some) for name in names})
