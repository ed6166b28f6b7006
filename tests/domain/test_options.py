from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.domain.decision import Price
from service.domain.money import Rounding
from service.domain.options import options

RANGE = Price(currency="EUR", low=90_001, target=100_001, high=115_001, fixed=None)
FIXED = Price(currency="EUR", low=100_001, target=100_001, high=100_001, fixed=100_001)
OFFERED = [("standard", "Standard", 10_000), ("extended", "Extended", 13_000), ("essential", "Essential", 7_000)]


def test_shares_of_the_envelope_rounded_outward() -> None:
    found = options(OFFERED, RANGE, "standard", Rounding.HALF_UP)
    assert [(o.id, o.low, o.target, o.high, o.recommended) for o in found] == [
        # 70 %: 630.007, 700.007, 805.007
        ("essential", 63_000, 70_001, 80_501, False),
        ("standard", 90_001, 100_001, 115_001, True),
        # 130 %: 1,170.013, 1,300.013, 1,495.013
        ("extended", 117_001, 130_001, 149_502, False),
    ]


def test_a_fixed_price_has_fixed_options() -> None:
    found = options(OFFERED, FIXED, "essential", Rounding.HALF_UP)
    assert [(o.low, o.target, o.high) for o in found] == [(70_001,) * 3, (100_001,) * 3, (130_001,) * 3]
    assert [o.id for o in found if o.recommended] == ["essential"]


def test_nearest_to_the_full_scope_where_the_recommended_one_is_not_offered() -> None:
    found = options([OFFERED[2], OFFERED[1]], RANGE, "standard", Rounding.HALF_UP)
    assert [o.id for o in found if o.recommended] == ["essential"]


def test_no_options() -> None:
    assert options([], RANGE, "standard", Rounding.HALF_UP) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.just("T"), st.integers(0, 30_000)), unique_by=lambda o: o[0], min_size=1
    ),
    st.lists(st.integers(0, 10**12), min_size=3, max_size=3).map(sorted),
    st.sampled_from("abcdefg"),
)
def test_one_is_recommended_and_ends_keep_their_order(
    offered: list[tuple[str, str, int]], ends: list[int], recommended: str
) -> None:
    envelope = Price(currency="EUR", low=ends[0], target=ends[1], high=ends[2], fixed=None)
    found = options(offered, envelope, recommended, Rounding.HALF_EVEN)
    assert sum(option.recommended for option in found) == 1
    assert all(option.low <= option.target <= option.high for option in found)
