from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.lists import format_list
from babel.numbers import format_currency, format_percent
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import COUNT, DAYS, MONEY, MONTHS, PERCENT, RATIO
from service.wording.languages import language, spoken

LANGUAGES = ("en", "ru", "uk", "hr", "et")


@pytest.mark.parametrize(
    ("tag", "currency", "amount", "written"),
    [
        ("en", "EUR", 123_450, "€1,234.50"),
        ("en", "EUR", -5, "-€0.05"),
        ("en", "CHF", 100_000, "CHF\u00a01,000.00"),
        ("en", "JPY", 1_234_567, "¥1,234,567"),
        ("en", "BHD", 1_500, "BHD\u00a01.500"),
        ("ru", "EUR", 123_450, "1\u00a0234,50\u00a0€"),
        ("hr", "EUR", 123_450, "1.234,50\u00a0€"),
        ("et", "UAH", 99, "0,99\u00a0UAH"),
        ("hi", "INR", 12_345_678_90, "₹1,23,45,678.90"),
    ],
)
def test_money(tag: str, currency: str, amount: int, written: str) -> None:
    assert language(tag).money(currency)(amount) == written


@given(st.integers(0, 10**13), st.sampled_from(LANGUAGES), st.sampled_from(("EUR", "USD", "GBP")))
def test_money_is_written_as_babel_writes_it(amount: int, tag: str, currency: str) -> None:
    theirs = format_currency(Decimal(amount).scaleb(-2), currency, locale=tag)
    assert language(tag).money(currency)(amount) == theirs


@given(st.integers(0, 20_000), st.sampled_from(LANGUAGES))
def test_percentages_are_written_as_babel_writes_them(bp: int, tag: str) -> None:
    theirs = format_percent(Decimal(bp).scaleb(-4), locale=tag, decimal_quantization=False)
    assert language(tag).percent(bp).replace("\u00a0", " ") == theirs.replace("\u00a0", " ").replace("1 000", "1000")


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("count", range(6))
def test_lists_are_joined_as_babel_joins_them(tag: str, count: int) -> None:
    items = tuple("abcdef"[:count])
    assert language(tag).all_of(items) == format_list(items, locale=tag)
    assert language(tag).either(items) == format_list(items, "or", locale=tag)


def test_an_item_is_no_pattern() -> None:
    assert language("en").all_of(["{1}", "{0}", "b"]) == "{1}, {0}, and b"


def test_days_and_dates() -> None:
    assert language("en").days(1) == "1 day"
    assert language("uk").days(2) == "2 дні"
    assert language("ru").days(5) == "5 дней"
    assert language("hr").date(date(2026, 4, 3)) == "3. travnja 2026."


def test_values_of_parameters() -> None:
    english = language("en")
    assert english.value(MONEY, 120_000, "EUR") == "€1,200.00"
    assert english.value(PERCENT, 1_250, "EUR") == "12.5%"
    assert english.value(RATIO, 25_000, "EUR") == "2.5"
    assert english.value(DAYS, 14, "EUR") == "14 days"
    assert english.value(MONTHS, 6, "EUR") == "6 months"
    assert english.value(COUNT, 2, "EUR") == "2"


def test_an_unknown_tag_writes_numbers_the_english_way() -> None:
    assert language("xq").money("EUR")(100_000) == "€1,000.00"


@pytest.mark.parametrize(
    ("wanted", "offered", "answered"),
    [
        ("et", ("en", "et"), "et"),
        ("et-EE", ("en", "et"), "et"),
        ("de", ("en", "et"), "en"),
        ("de", ("uk", "et"), "et"),
        ("sr-Latn-RS", ("en", "sr-Latn"), "sr-Latn"),
    ],
)
def test_the_language_of_the_answer(wanted: str, offered: tuple[str, ...], answered: str) -> None:
    assert spoken(wanted, offered) == answered
