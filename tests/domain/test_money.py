from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.money import EXPONENTS, Rounding, divide, exponent, parse_major, percent_of, shares, text

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("x", "k", "half_up", "half_even", "up", "down"),
    [
        (5, 2, 3, 2, 3, 2),
        (7, 2, 4, 4, 4, 3),
        (-5, 2, -3, -2, -2, -3),
        (-7, 2, -4, -4, -3, -4),
        (1, 3, 0, 0, 1, 0),
        (2, 3, 1, 1, 1, 0),
        (-1, 3, 0, 0, 0, -1),
        (6, 3, 2, 2, 2, 2),
        (0, 7, 0, 0, 0, 0),
        (10**18 + 5, 10, 10**17 + 1, 10**17, 10**17 + 1, 10**17),
    ],
)
def test_each_rounding(x: int, k: int, half_up: int, half_even: int, up: int, down: int) -> None:
    assert divide(x, k, Rounding.HALF_UP) == half_up
    assert divide(x, k, Rounding.HALF_EVEN) == half_even
    assert divide(x, k, Rounding.UP) == up
    assert divide(x, k, Rounding.DOWN) == down


@given(AMOUNTS, st.integers(1, 10**6))
def test_half_even_is_pythons_rounding_of_a_fraction(x: int, k: int) -> None:
    assert divide(x, k, Rounding.HALF_EVEN) == round(Fraction(x, k))


@given(AMOUNTS, st.integers(1, 10**6))
def test_half_up_is_symmetric_and_nearest(x: int, k: int) -> None:
    nearest = floor(abs(Fraction(x, k)) + Fraction(1, 2))
    assert divide(x, k, Rounding.HALF_UP) == (nearest if x >= 0 else -nearest)


def test_percentages_are_of_basis_points() -> None:
    assert percent_of(100_05, 10_00, Rounding.HALF_UP) == 10_01
    assert percent_of(100_05, 10_00, Rounding.HALF_EVEN) == 10_00
    assert percent_of(3_000_00, 25_000, Rounding.HALF_UP) == 7_500_00


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (101, [1, 1, 1], (34, 34, 33)),
        (10, [0, 0], (5, 5)),
        (7, [3, 0, 4], (3, 0, 4)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (1, [1, 2], (0, 1)),
        (0, [5, 5], (0, 0)),
    ],
)
def test_shares_by_largest_remainder(total: int, weights: list[int], parts: tuple[int, ...]) -> None:
    assert shares(total, weights) == parts


@given(AMOUNTS, st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_shares_sum_to_the_whole_and_stay_within_one_of_their_due(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert sum(parts) == total
    due = weights if sum(weights) else [1] * len(weights)
    for part, weight in zip(parts, due, strict=True):
        assert abs(part - Fraction(total * weight, sum(due))) < 1


def test_nothing_to_share_among() -> None:
    with pytest.raises(ValueError, match="nobody"):
        shares(5, [])
    with pytest.raises(ValueError, match="negative"):
        shares(5, [2, -1])


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("ISK", 0), ("HUF", 2), ("TND", 3), ("XOF", 0), ("UAH", 2)],
)
def test_exponents_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


def test_codes_are_active_ones() -> None:
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in EXPONENTS)
    assert not {"XAU", "XXX", "DEM", "HRK", "EEK", "XTS"} & EXPONENTS.keys()


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (123450, "EUR", "1,234.50 EUR"),
        (5, "EUR", "0.05 EUR"),
        (-1, "EUR", "-0.01 EUR"),
        (1234567, "JPY", "1,234,567 JPY"),
        (1500, "BHD", "1.500 BHD"),
        (0, "USD", "0.00 USD"),
    ],
)
def test_text(amount: int, currency: str, written: str) -> None:
    assert text(amount, currency) == written


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [("50.00", "EUR", 5000), ("50", "EUR", 5000), ("0.5", "EUR", 50), ("-3.01", "EUR", -301), ("50.00", "JPY", 50)],
)
def test_parse_major(written: str, currency: str, amount: int) -> None:
    assert parse_major(written, currency) == amount


@pytest.mark.parametrize(
    ("written", "currency"),
    [("0.001", "EUR"), ("1.5", "JPY"), ("1,000", "EUR"), ("1e3", "EUR"), ("", "EUR"), (".5", "EUR"), ("٣", "EUR")],
)
def test_what_is_not_an_exact_amount(written: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|finer"):
        parse_major(written, currency)


@given(st.integers(-(10**17), 10**17), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_written_is_read_back(amount: int, currency: str) -> None:
    assert parse_major(text(amount, currency).removesuffix(f" {currency}").replace(",", ""), currency) == amount
