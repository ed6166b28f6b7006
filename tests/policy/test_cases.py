"""Cases are merged, checked for their names, and compared with decisions as their readers expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.policy.cases import differences, load_cases, merged
from service.policy.findings import BookRefused
from service.policy.loader import read_folder

TINY = read_folder(Path(__file__).parent.parent / "books" / "tiny")


def test_a_case_is_its_request_with_its_change() -> None:
    applies, outside = load_cases(TINY)
    assert (applies.id, applies.practice, applies.edge, applies.rules) == (
        "hassle-applies", "P3", "applies", ("hassle-markup",),
    )  # fmt: skip
    assert applies.request["hassle"] == {"recent": {"scenes": 4}}
    assert applies.request["currency"] == "EUR"
    assert outside.not_rules == ("hassle-markup",)
    assert outside.request["job"]["lines"][0]["fair_price"] == 150_000


def test_a_change_merges_deletes_and_replaces() -> None:
    base = {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}
    assert merged(base, {"a": {"b": None, "d": 3}, "l": [9], "x": {"y": 1}}) == {
        "a": {"c": 2, "d": 3}, "l": [9], "x": {"y": 1},
    }  # fmt: skip
    assert base == {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}


def test_broken_cases_are_refused_with_all_findings() -> None:
    text = "cases:\n  - {id: a, practice: P1, edge: near, request: nobody, expect: {}, worked: w}\n  - {id: a}\n"
    with pytest.raises(BookRefused) as refused:
        load_cases({"cases/x.yaml": text.encode()})
    codes = [(f.place.line, f.code) for f in refused.value.findings]
    assert codes == [(2, "wrong-value"), *[(3, "missing-field")] * 5]


def test_a_request_must_exist() -> None:
    text = "cases:\n  - {id: a, practice: P1, edge: applies, request: plian, expect: {}, worked: w}\n"
    text += "requests: {plain: {}}\n"
    with pytest.raises(BookRefused) as refused:
        load_cases({"cases/x.yaml": text.encode()})
    assert [str(f) for f in refused.value.findings] == [
        "cases/x.yaml:2:51: unknown-request: [a] no request 'plian' (did you mean plain?)"
    ]


@pytest.mark.parametrize(
    ("expect", "actual", "told"),
    [
        ({"price": {"low": 1}}, {"price": {"low": 1, "high": 2}, "more": 3}, []),
        ({"price": {"low": 1}}, {"price": {"low": 2}}, ["/price/low: expected 1, is 2"]),
        ({"price": None}, {"price": None}, []),
        ({"price": {"low": 1}}, {"price": None}, ["/price: expected keys and values, is None"]),
        ({"a": 1}, {}, ["/a: is missing"]),
        ({"l": [{"x": 1}]}, {"l": [{"x": 1, "y": 2}]}, []),
        ({"l": [1]}, {"l": [1, 2]}, ["/l: expected 1 items, has 2: [1, 2]"]),
        ({"l": [1, 3]}, {"l": [1, 2]}, ["/l/1: expected 3, is 2"]),
        ({"b": True}, {"b": 1}, ["/b: expected True, is 1"]),
        ({"l": []}, {"l": "text"}, ["/l: expected a list, is 'text'"]),
    ],
)
def test_differences(expect: object, actual: object, told: list[str]) -> None:
    assert differences(expect, actual) == told
