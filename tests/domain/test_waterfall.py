from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.decision import Step
from service.domain.errors import Inconsistent
from service.domain.quote import EarlierRange
from service.domain.waterfall import Causes, waterfall
from tests.domain.amounts import amounts


def short(steps: tuple[Step, ...]) -> list[tuple[str, str | None, int | None, int, int]]:
    return [(step.name, step.rule, step.percent, step.amount, step.total) for step in steps]


def test_a_plain_price_is_one_step() -> None:
    assert short(waterfall(amounts(), Causes())) == [("fair", None, None, 100_000, 100_000)]


def test_charged_extras_then_each_markup_on_the_worth() -> None:
    # 1,000.00 + 50.00 of extras; 10 % and 25 % of 1,050.00 are 105.00 and 262.50.
    given_amounts = amounts(extras_charged=5_000, worth=105_000, markup=36_750, unbounded=141_750, target=141_750)
    causes = Causes(markups=[("haggles", 1_000), ("scenes", 2_500)], extras_rule="big-extra", markup_rounding="half_up")
    steps = waterfall(given_amounts, causes)
    assert short(steps) == [
        ("fair", None, None, 100_000, 100_000),
        ("extras", "big-extra", None, 5_000, 105_000),
        ("markup", "haggles", 1_000, 10_500, 115_500),
        ("markup", "scenes", 2_500, 26_250, 141_750),
    ]
    assert [step.basis for step in steps] == [100_000, 100_000, 105_000, 105_000]
    assert [step.rounding for step in steps] == [None, None, "half_up", "half_up"]


def test_markups_that_do_not_divide_evenly_still_sum() -> None:
    # 15 % of 0.33 is 0.05 (4.95 cents); a third and two thirds of it are 1.67 and 3.33 cents: 2 and 3.
    given_amounts = amounts(fair_price=33, worth=33, markup=5, unbounded=38, floor=0, target=38)
    steps = waterfall(given_amounts, Causes(markups=[("a", 500), ("b", 1_000)]))
    assert [step.amount for step in steps] == [33, 2, 3]


def test_the_prohibitive_price_replaces_the_markups() -> None:
    given_amounts = amounts(markup=30_000, unbounded=250_000, target=250_000)
    causes = Causes(markups=[("scenes", 3_000)], prohibitive=25_000, prohibitive_rule="past-the-ladder")
    assert short(waterfall(given_amounts, causes))[1:] == [("prohibitive", "past-the-ladder", 15_000, 150_000, 250_000)]


def test_back_into_the_range_named_earlier() -> None:
    given_amounts = amounts(markup=30_000, unbounded=130_000, target=120_000)
    causes = Causes(markups=[("scenes", 3_000)], earlier=EarlierRange(low=90_000, high=120_000, scope_changed=False))
    assert short(waterfall(given_amounts, causes))[2:] == [("earlier_range", None, None, -10_000, 120_000)]


def test_a_changed_scope_leaves_the_earlier_range() -> None:
    causes = Causes(earlier=EarlierRange(low=10_000, high=20_000, scope_changed=True))
    assert [step.name for step in waterfall(amounts(), causes)] == ["fair"]


def test_up_to_the_floor_even_out_of_the_earlier_range() -> None:
    given_amounts = amounts(floor=95_000, unbounded=100_000, target=95_000)
    causes = Causes(earlier=EarlierRange(low=50_000, high=90_000, scope_changed=False))
    assert short(waterfall(given_amounts, causes))[1:] == [
        ("earlier_range", None, None, -10_000, 90_000),
        ("floor", None, None, 5_000, 95_000),
    ]


def test_up_to_the_floor() -> None:
    given_amounts = amounts(fair_price=60_000, worth=60_000, unbounded=60_000, target=80_000)
    assert short(waterfall(given_amounts, Causes()))[1:] == [("floor", None, None, 20_000, 80_000)]


def test_what_a_book_adds_by_itself_is_shown() -> None:
    # A book whose target is rounded up to the next ten: 1,003.00 becomes 1,010.00.
    given_amounts = amounts(fair_price=100_300, worth=100_300, unbounded=100_300, target=101_000)
    assert short(waterfall(given_amounts, Causes()))[1:] == [("adjustment", None, None, 700, 101_000)]


MONEY = st.integers(0, 10**12)


@given(MONEY, MONEY, MONEY, MONEY, st.lists(st.integers(0, 6_000), max_size=5), st.none() | st.tuples(MONEY, MONEY))
@pytest.mark.parametrize("prohibitive", [0, 20_000])
def test_any_amounts_sum_to_the_target(
    prohibitive: int,
    fair: int,
    extras: int,
    unbounded: int,
    floor: int,
    percents: list[int],
    ends: tuple[int, int] | None,
) -> None:
    earlier = None if ends is None else EarlierRange(low=min(ends), high=max(ends), scope_changed=False)
    within = unbounded if earlier is None else min(max(unbounded, earlier.low), earlier.high)
    target = max(floor, within)
    given_amounts = amounts(
        fair_price=fair,
        extras_charged=extras,
        worth=fair + extras,
        markup=max(0, unbounded - fair - extras),
        unbounded=unbounded,
        floor=floor,
        target=target,
    )
    markups = [(str(number), percent) for number, percent in enumerate(percents)]
    steps = waterfall(given_amounts, Causes(markups=markups, prohibitive=prohibitive, earlier=earlier))
    assert sum(step.amount for step in steps) == target
    total = 0
    for step in steps:
        total += step.amount
        assert step.total == total


def test_a_markup_that_takes_something_off_is_inconsistent() -> None:
    # 10 % and -5 % of 1,000.00 are 50.00 together; no share of those is 10 %.
    given_amounts = amounts(markup=5_000, unbounded=105_000, target=105_000)
    with pytest.raises(Inconsistent, match="a rule's markup: -500, where 0 or more is required"):
        waterfall(given_amounts, Causes(markups=[("haggles", 1_000), ("nice", -500)]))
