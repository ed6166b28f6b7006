"""A case beside a decision: what fits, what differs and where."""

from __future__ import annotations

import pytest

from service.cases.comparison import compared, compared_rules


@pytest.mark.parametrize(
    ("expect", "actual", "told"),
    [
        ({"price": {"low": 1}}, {"price": {"low": 1, "high": 2}, "more": 3}, []),
        ({"price": {"low": 1}}, {"price": {"low": 2}}, ["/price/low: expected 1, is 2"]),
        ({"price": None}, {"price": None}, []),
        ({"price": {"low": 1}}, {"price": None}, ["/price: expected keys and values, is null"]),
        ({"a": 1}, {}, ["/a: expected 1, is missing"]),
        ({"l": [{"x": 1}]}, {"l": [{"x": 1, "y": 2}]}, []),
        ({"l": [1]}, {"l": [1, 2]}, ["/l: expected 1 items, is 2 items: [1, 2]"]),
        ({"l": [1, 3]}, {"l": [1, 2]}, ["/l/1: expected 3, is 2"]),
        ({"b": True}, {"b": 1}, ["/b: expected true, is 1"]),
        ({"l": []}, {"l": "text"}, ['/l: expected a list, is "text"']),
    ],
)
def test_what_differs_is_told_with_its_place(expect: object, actual: object, told: list[str]) -> None:
    assert [str(part) for part in compared(expect, actual) if not part.fits] == told


def test_what_fits_is_shown_beside_it() -> None:
    parts = list(
        compared({"outcome": "quote", "terms": {"credit_days": 14}}, {"outcome": "quote", "terms": {"credit_days": 0}})
    )
    assert [(part.at, part.expected, part.actual, part.fits) for part in parts] == [
        ("/outcome", '"quote"', '"quote"', True),
        ("/terms/credit_days", "14", "0", False),
    ]


def test_rules_that_must_fire_and_must_not() -> None:
    assert [str(part) for part in compared_rules(["a", "b"], ["c", "d"], {"a", "c"}) if not part.fits] == [
        "rule b should have fired",
        "rule c should not have fired",
    ]
