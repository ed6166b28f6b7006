"""How far a role may go, worked out by hand: at the limit, and one minor unit beyond."""

from __future__ import annotations

import pytest

from service.domain.afterwards import Asked
from service.domain.authority import Governance, OverrideLimit
from service.domain.people import Role
from service.governance.limits import Basis, exceeded

LIMITS = {
    Role.MANAGER: OverrideLimit(1_000, 2_500, 2_500, 7, ("quote",)),
    Role.FINANCE: OverrideLimit(3_000, 10_000, 10_000, 30, ("quote", "decline")),
}
GOVERNANCE = Governance(limits=LIMITS)


def basis(target: int = 300_000, currency: str = "EUR") -> Basis:
    return Basis(currency, target, prepayment=5_000, credit_days=0, outcome="quote")


def fields(role: Role, asked: Asked, basis: Basis) -> list[str]:
    return [each.limit for each in exceeded(GOVERNANCE, role, basis, asked)]


@pytest.mark.parametrize(
    ("target", "currency", "least", "most"),
    [
        (300_000, "EUR", 270_000, 375_000),  # 3,000.00: 2,700.00 to 3,750.00
        (300_001, "EUR", 270_001, 375_001),  # 270,000.9 is rounded into the range, as is 375,001.25
        (300_001, "JPY", 270_001, 375_001),
        (1_000_005, "BHD", 900_005, 1_250_006),  # 1,000.005: 900.0045 to 1,250.00625
        (3, "EUR", 3, 3),  # a tenth of 0.03 is nothing that could be taken off
        (0, "EUR", 0, 0),
    ],
)
def test_prices_at_the_limit_and_one_minor_unit_beyond(target: int, currency: str, least: int, most: int) -> None:
    here = basis(target, currency)
    assert fields(Role.MANAGER, Asked(price=least), here) == []
    assert fields(Role.MANAGER, Asked(price=most), here) == []
    assert fields(Role.MANAGER, Asked(price=least - 1), here) == ["price_down"]
    assert fields(Role.MANAGER, Asked(price=most + 1), here) == ["price_up"]


def test_terms_at_the_limit_and_beyond() -> None:
    """50 % less 25 points is 25 %, whatever 25 % of it would be. More prepayment and fewer days want nobody's leave."""
    assert fields(Role.MANAGER, Asked(prepayment=2_500), basis()) == []
    assert fields(Role.MANAGER, Asked(prepayment=2_499), basis()) == ["prepayment_down"]
    assert fields(Role.MANAGER, Asked(prepayment=10_000), basis()) == []
    later = Basis("EUR", 300_000, prepayment=0, credit_days=14, outcome="quote")
    assert fields(Role.MANAGER, Asked(credit_days=21), later) == []
    assert fields(Role.MANAGER, Asked(credit_days=22), later) == ["credit_days"]
    assert fields(Role.MANAGER, Asked(credit_days=0), later) == []


def test_outcomes() -> None:
    assert fields(Role.MANAGER, Asked(outcome="decline"), basis()) == ["outcomes"]
    assert fields(Role.FINANCE, Asked(outcome="decline"), basis()) == []
    assert fields(Role.MANAGER, Asked(outcome="quote"), basis()) == []


def test_everything_beyond_is_told_at_once_with_who_could() -> None:
    asked = Asked(price=200_000, prepayment=0, credit_days=8, outcome="decline")
    told = exceeded(GOVERNANCE, Role.MANAGER, basis(), asked)
    assert [(each.field, each.limit, each.role) for each in told] == [
        ("price", "price_down", None),  # a third off: finance may take 30 %
        ("prepayment", "prepayment_down", Role.FINANCE),
        ("credit_days", "credit_days", Role.FINANCE),
        ("outcome", "outcomes", Role.FINANCE),
    ]
    assert told[0].message == "price_down: at most 10 % off 3,000.00 EUR, to 2,700.00 EUR"
    assert told[1].message == "prepayment_down: at most 25 points off 50 %"


def test_a_role_without_limits_has_those_of_the_next_below() -> None:
    assert fields(Role.ADMIN, Asked(price=210_000), basis()) == []
    assert fields(Role.ADMIN, Asked(price=209_999), basis()) == ["price_down"]
    only_finance = Governance(limits={Role.FINANCE: LIMITS[Role.FINANCE]})
    (told,) = exceeded(only_finance, Role.MANAGER, basis(), Asked(price=300_000))
    assert (told.field, told.limit, told.role) == ("", "limits", Role.FINANCE)


def test_without_limits_nobody_may() -> None:
    (told,) = exceeded(Governance(), Role.ADMIN, basis(), Asked(price=300_000))
    assert told.role is None
