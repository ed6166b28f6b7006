"""What is given away: each concession with its worth, its condition and the date it lapses (D2, D3, D9, P9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.domain.amounts import Amounts
from service.domain.decision import Concession
from service.domain.record import maker, record


@record
class Condition:
    """What a contingent concession hangs on, in words, and the last day on which it holds."""

    text: str
    lapses_on: date


_new_concession = maker(Concession)


def concessions(
    amounts: Amounts,
    percents: Mapping[str, int],
    rules: Mapping[str, tuple[str, ...]],
    condition: Condition | None,
) -> tuple[Concession, ...]:
    """`percents` and `rules` by slot: `discount`, `bonus`, `compensation`, `extras`. `condition`: None without discount
    and bonus.

    A discount or gift is only the tool that closes the sale (D2), so both are contingent; free extras and what
    makes good the firm's own mistake (D9) are not.
    """
    given = []
    if amounts.discount:
        given.append(_concession("discount", "discount", amounts.discount, percents, rules, condition))
    if amounts.bonus:
        given.append(_concession("bonus", "bonus", amounts.bonus, percents, rules, condition))
    if amounts.extras_free:
        given.append(_concession("free_extras", "extras", amounts.extras_free, percents, rules, None))
    if amounts.compensation:
        given.append(_concession("compensation", "compensation", amounts.compensation, percents, rules, None))
    return tuple(given)


def _concession(
    kind: str,
    slot: str,
    amount: int,
    percents: Mapping[str, int],
    rules: Mapping[str, tuple[str, ...]],
    condition: Condition | None,
) -> Concession:
    return _new_concession(
        kind=kind,
        amount=amount,
        percent=percents.get(slot),
        condition=condition.text if condition else None,
        lapses_on=condition.lapses_on if condition else None,
        rules=rules.get(slot, ()),
    )
