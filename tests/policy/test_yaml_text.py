"""YAML is read with our own typing, its positions kept, and nothing in it expands, hides or overruns."""

from __future__ import annotations

import pytest

from service.policy.findings import Place
from service.policy.yaml_text import parse


def data(text: str) -> object:
    document, findings = parse("f.yaml", text.encode())
    assert findings == []
    assert document is not None
    return document.data


def found(text: str | bytes) -> list[str]:
    document, findings = parse("f.yaml", text.encode() if isinstance(text, str) else text)
    assert document is None
    return [f"{f.place.line}:{f.place.column} {f.code}" for f in findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("7", 7), ("-7", -7), ("0", 0),
        ("no", "no"), ("yes", "yes"), ("True", "True"), ("1.10", "1.10"), ("2026-01-01", "2026-01-01"), ("07", "07"),
        ("0x10", "0x10"), ("1_000", "1_000"), ("12:30", "12:30"), ("1e3", "1e3"), ('"7"', "7"), ("'true'", "true"),
        ("99999999999999999999", "99999999999999999999"), ("a && b", "a && b"), ("a * b", "a * b"),
        ("a != b", "a != b"),
    ],
)  # fmt: skip
def test_typing_is_ours(written: str, value: object) -> None:
    assert data(f"key: {written}\n") == {"key": value}


def test_keys_stay_text() -> None:
    assert data("2026-01-01: 5\n1: 6\ntrue: 7\n") == {"2026-01-01": 5, "1": 6, "true": 7}


def test_an_empty_file_has_no_keys() -> None:
    assert data("# nothing\n") == {}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a: &x 1\nb: *x\n", ["1:4 yaml-alias", "2:4 yaml-alias"]),
        ("a: &x [*x]\n", ["1:4 yaml-alias", "1:8 yaml-alias"]),
        ("a: ! b\n", ["1:4 yaml-tag"]),
        ("a: !b\n", ["1:4 yaml-tag"]),
        ("a: !!python/object/apply:os.system [x]\n", ["1:4 yaml-tag"]),
        ("!!str a: 1\n", ["1:1 yaml-tag"]),
        ("a: 1\na: 2\na: 3\n", ["2:1 duplicate-key", "3:1 duplicate-key"]),
        ("x: {a: 1, a: 2}\n", ["1:11 duplicate-key"]),
        ("? [a]\n: 1\n", ["1:3 bad-yaml"]),
        ("a: b: c\n", ["1:5 bad-yaml"]),
        ("a: 1\n---\nb: 2\n", ["2:1 bad-yaml"]),
        ("a: [1, 2\n", ["2:1 bad-yaml"]),
        ("\x00", ["1:1 bad-yaml"]),
        (b"a: 1\nb: \xff\n", ["2:1 bad-yaml"]),
        ("a: " + "[" * 21, ["1:23 too-deep"]),
        ("a: " + "[" * 100_000, ["1:23 too-deep"]),
        ("- " * 50_000 + "a", ["1:41 too-deep"]),
        ("a: '" + "x" * 2_000_000 + "'", ["1:1 too-large"]),
    ],
)
def test_what_is_refused(text: str | bytes, codes: list[str]) -> None:
    assert found(text) == codes


def test_positions_of_values_and_keys() -> None:
    document, _ = parse("f.yaml", b'a:\n  - id: one\n    "b c": {d: "x > 1"}\n')
    assert document is not None
    assert document.place("a", 0, "id") == Place("f.yaml", 2, 9)
    assert document.key_place("a", 0, "b c") == Place("f.yaml", 3, 5)
    assert document.place("a", 0, "b c", "d") == Place("f.yaml", 3, 16)
    assert document.text("x > 1", "a", 0, "b c", "d") == ("x > 1", Place("f.yaml", 3, 17))
    assert document.place("a", 5, "nowhere") == Place("f.yaml", 2, 3)


def test_text_over_several_lines_keeps_the_lines_of_its_file() -> None:
    raw = b'a: |\n  x > 1\n  && y\nb: >-\n  p\n  q\nc: one\n  two\nd: "s\n  t"\n'
    document, _ = parse("f.yaml", raw)
    assert document is not None
    assert document.text("", "a") == ("  x > 1\n  && y\n", Place("f.yaml", 2, 1))
    assert document.text("", "b")[1] == Place("f.yaml", 5, 1)
    assert document.text("", "c") == ("one\n  two", Place("f.yaml", 7, 4))
    assert document.text("", "d") == ("s\n  t", Place("f.yaml", 9, 5))


@pytest.mark.parametrize(
    ("text", "place"), [("a: \0", "1:4"), ("a: é\nbé: \x1b", "2:5"), ("a: b\n" * 5000 + "c: \x07", "5001:4")]
)
def test_a_control_character_is_told_where_it_stands(text: str, place: str) -> None:
    assert found(text) == [f"{place} bad-yaml"]
