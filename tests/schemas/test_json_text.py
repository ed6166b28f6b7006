"""The strict reading of JSON: equal to the standard library's where that is unambiguous, findings elsewhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.json_text import parse

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@given(value=values, escaped=st.booleans())
def test_plain_json_is_read_as_it_was_written(value: object, escaped: bool) -> None:
    text = parse(json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass") if escaped else
                 json.dumps(value, ensure_ascii=False).encode())  # fmt: skip
    assert text.findings == ()
    assert text.value == value


@given(raw=st.binary(max_size=100) | st.text(alphabet='[]{}":,\\ 1ae', max_size=100).map(str.encode))
def test_any_bytes_give_a_value_or_findings(raw: bytes) -> None:
    text = parse(raw)
    if not text.findings:
        assert repr(text.value) == repr(json.loads(raw)), "1, 1.0 and true are told apart"


@pytest.mark.parametrize(
    ("raw", "depth_is_fine"),
    [
        (b"[" * 32 + b"]" * 32, True),
        (b"[" * 33 + b"]" * 33, False),
        (b'{"a":' * 32 + b"1" + b"}" * 32, True),
        (b'{"a":[' * 17 + b"1" + b"]}" * 17, False),
        (b'"' + b"[" * 99 + b'"', True),
        (b'["\\"' + b"[" * 99 + b'", 1]', True),
        (b'["\\\\", ' + b"[" * 40 + b"]" * 40 + b"]", False),
        (b"[" + b"[]," * 9_999 + b"[]]", True),
        (b"[" * 100_000, False),
        (b"[" * 100_000 + b"]" * 100_000, False),
        (b'[{"":' * 100_000, False),
    ],
)
def test_depth(raw: bytes, depth_is_fine: bool) -> None:
    assert ("too-deep" not in [finding.code for finding in parse(raw).findings]) is depth_is_fine


@pytest.mark.parametrize(
    ("raw", "findings"),
    [
        (b'{"a":1,"a":1}', [("/a", "duplicate-key")]),
        (b'{"a":1,"a":2,"a":3}', [("/a", "duplicate-key")]),
        (b'[{"x":{"b":1,"c":2,"b":3}}]', [("/0/x/b", "duplicate-key")]),
        (b'{"a":{"b":1,"b":2},"c":[0,{"d":1,"d":2}]}', [("/a/b", "duplicate-key"), ("/c/1/d", "duplicate-key")]),
        (b'{"a~/":1,"a~/":2}', [("/a~0~1", "duplicate-key")]),
        (b'{"a":1,"\\u0061":2}', [("/a", "duplicate-key")]),
        (b"[9223372036854775807, -9223372036854775808]", []),
        (b"[9223372036854775808, -9223372036854775809]", [("/0", "integer-too-large"), ("/1", "integer-too-large")]),
        (b"[" + b"7" * 10_000 + b"]", [("/0", "integer-too-large")]),
        (b"[NaN, 1, -Infinity]", [("/0", "not-json"), ("/2", "not-json")]),
    ],
)
def test_findings_have_their_place(raw: bytes, findings: list[tuple[str, str]]) -> None:
    assert [(finding.pointer, finding.code) for finding in parse(raw).findings] == findings


def test_a_syntax_error_tells_its_line() -> None:
    (finding,) = parse(b'{"a": 1,\n "b": }').findings
    assert "line 2, column 7" in finding.message
