"""Cases are merged, and checked for their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.policy.cases import load_cases, load_survivors, merged
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


def test_survivors_are_explained_once_and_with_a_reason() -> None:
    text = "survivors:\n  - {id: 'b: 1 -> 2', reason: clipped}\n  - {id: 'a: removed', reason: twice}\n"
    survivors = load_survivors({"cases/survivors.yaml": text.encode()})
    assert [(one.id, one.reason, one.place.line) for one in survivors] == [
        ("a: removed", "twice", 3),
        ("b: 1 -> 2", "clipped", 2),
    ]
    with pytest.raises(BookRefused) as refused:
        load_cases({"cases/survivors.yaml": (text + "  - {id: 'a: removed', reason: again}\n  - {id: c}\n").encode()})
    assert [(f.place.line, f.code) for f in refused.value.findings] == [(4, "duplicate-id"), (5, "missing-field")]
