"""A bound program holds the numbers in force on its day, in its request's currency, converted once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.vocabulary import declarations
from service.policy.binding import NoParameter, NoRate, NoValue, bind, epoch
from service.policy.book import Book
from service.policy.loader import load_book, read_folder
from service.policy.nodes import Node, Op, walk
from service.policy.program import BoundRule, Program

TINY = read_folder(Path(__file__).parent.parent / "books" / "tiny")


@pytest.fixture(scope="module")
def tiny() -> Book:
    return load_book(TINY, declarations())


def rule(program: Program, id: str) -> BoundRule:
    return next(rule for stage in program.stages for rule in stage.rules if rule.id == id)


def literals(node: Node) -> list[object]:
    return [part.value for part in walk(node) if part.op is Op.LIT]


@pytest.mark.parametrize(
    ("day", "markup"),
    [(date(2026, 1, 1), 1000), (date(2026, 6, 30), 1000), (date(2026, 7, 1), 1200), (date(2030, 1, 1), 1200)],
)
def test_the_value_in_force(tiny: Book, day: date, markup: int) -> None:
    program = bind(tiny, day, "EUR")
    assert program.parameters["hassle_markup"][1] == markup
    assert literals(rule(program, "hassle-markup").effects[0][1]) == [markup]


def test_no_value_before_the_first_day(tiny: Book) -> None:
    with pytest.raises(NoValue) as refused:
        bind(tiny, date(2025, 12, 31), "EUR")
    assert refused.value.as_of == date(2025, 12, 31)


def test_no_rate(tiny: Book) -> None:
    with pytest.raises(NoRate) as refused:
        bind(tiny, date(2026, 3, 2), "GBP")
    assert refused.value.currency == "GBP"


def test_epochs(tiny: Book) -> None:
    assert epoch(tiny, date(2025, 12, 31)) == date.min
    assert epoch(tiny, date(2026, 6, 30)) == date(2026, 1, 1)
    assert epoch(tiny, date(2027, 6, 30)) == date(2026, 7, 1)
    assert bind(tiny, date(2026, 8, 9), "EUR").effective_from == date(2026, 7, 1)


def test_money_is_converted_to_the_currency_of_the_request(tiny: Book) -> None:
    # 500.00 EUR x 1.08 = 540.00 USD; x 163.5 = 81,750 JPY, which has no minor unit. 1,000.00 EUR = 1,080.00 USD.
    dollars, yen = (bind(tiny, date(2026, 3, 2), currency) for currency in ("USD", "JPY"))
    assert dollars.parameters["credit_limit"][1] == 54_000
    assert yen.parameters["credit_limit"][1] == 81_750
    assert literals(rule(dollars, "card").when) == [108_000]
    assert literals(rule(yen, "card").when) == [163_500]
    assert dollars.parameters["hassle_markup"][1] == 1000


def test_conversion_rounds_half_up_once() -> None:
    text = TINY["parameters.yaml"].decode().replace('"500.00"', '"0.50"').replace('"163.5"', '"163"')
    book = load_book({**TINY, "parameters.yaml": text.encode()}, declarations())
    # 0.50 EUR x 163 = 81.5 JPY
    assert bind(book, date(2026, 3, 2), "JPY").parameters["credit_limit"][1] == 82


def test_overrides_take_the_place_of_values_in_force(tiny: Book) -> None:
    program = bind(tiny, date(2026, 3, 2), "USD", {"hassle_markup": 1500, "credit_limit": 10_000})
    assert program.parameters["hassle_markup"][1] == 1500
    assert program.parameters["credit_limit"][1] == 10_800
    with pytest.raises(NoParameter):
        bind(tiny, date(2026, 3, 2), "USD", {"nobody": 1})


def test_no_parameter_is_left(tiny: Book) -> None:
    program = bind(tiny, date(2026, 3, 2), "EUR")
    nodes = [rule.when for stage in program.stages for rule in stage.rules]
    nodes += [computed.value for stage in program.stages for computed in stage.computed]
    nodes += [
        part for stage in program.stages for r in stage.rules for part in r.reason.parts if isinstance(part, Node)
    ]
    read = {part.value for node in nodes for part in walk(node) if part.op is Op.REF}
    assert read
    assert not any(name.startswith("params.") for name in read)


def test_stages(tiny: Book) -> None:
    program = bind(tiny, date(2026, 3, 2), "EUR")
    assert [stage.name for stage in program.stages] == ["", "accept", "price", "concede", "terms"]
    assert program.stages[0].rules == ()
    assert program.stages[1].writes == ("approvals", "decline", "declined_for", "needs_details", "prohibitive", "trust")
    assert program.stages[-1].computed[-1].name == "decision.outcome"
    assert program.members == {("approvals", "senior"), ("approvals", "owner")}
