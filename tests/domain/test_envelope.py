from __future__ import annotations

import pytest

from service.domain.envelope import narrowings, price
from service.domain.errors import Inconsistent
from service.domain.quote import OpenDetail
from tests.domain.amounts import amounts


def test_a_range_while_anything_is_open() -> None:
    envelope = price(amounts(), "EUR", scope_complete=False)
    assert (envelope.low, envelope.target, envelope.high, envelope.fixed) == (90_000, 100_000, 115_000, None)


def test_one_figure_only_for_a_complete_scope() -> None:
    closed = amounts(low=100_000, high=100_000)
    assert price(closed, "EUR", scope_complete=True).fixed == 100_000
    assert price(closed, "EUR", scope_complete=False).fixed is None


@pytest.mark.parametrize("wrong", [{"low": 79_999}, {"target": 89_999}, {"high": 99_999}, {"floor": -1}])
def test_ends_out_of_order_are_a_fault(wrong: dict[str, int]) -> None:
    with pytest.raises(Inconsistent, match="rising order"):
        price(amounts(**wrong), "EUR", scope_complete=False)


def test_details_by_what_they_narrow() -> None:
    details = [
        OpenDetail(name="texts", question="Who writes them?", weight=1),
        OpenDetail(name="size", question=None, weight=3),
        OpenDetail(name="colours", question=None, weight=1),
    ]
    asked: list[int] = []

    def width_without(weight: int) -> int:
        asked.append(weight)
        return {1: 24_000, 3: 15_000}[weight]

    found = narrowings(details, 25_000, width_without)
    assert [(detail.name, detail.narrows_by) for detail in found] == [
        ("size", 10_000),
        ("colours", 1_000),
        ("texts", 1_000),
    ]
    assert found[2].question == "Who writes them?"
    assert sorted(asked) == [1, 3]


def test_a_detail_never_widens() -> None:
    details = [OpenDetail(name="size", question=None, weight=1)]
    assert narrowings(details, 10, lambda weight: 12)[0].narrows_by == 0
