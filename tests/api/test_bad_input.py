"""What is refused, with which status and which findings; nothing of it is recorded and the service keeps answering."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Pairs = set[tuple[str, str]]
TEXT = b'{"currency":"EUR","client":{"id":"a"},"job":{}'


def post(client: FlaskClient, raw: bytes) -> Any:
    return client.post("/evaluate", data=raw, content_type="application/json")


def pairs(answer: Any) -> Pairs:
    assert answer.content_type == "application/problem+json"
    return {(finding["pointer"], finding["code"]) for finding in answer.json.get("findings", ())}


@pytest.mark.parametrize(
    ("raw", "status", "findings"),
    [
        (b"", 400, {("", "not-json")}),
        (b"budget: 5", 400, {("", "not-json")}),
        (TEXT, 400, {("", "not-json")}),
        (TEXT + b"} {}", 400, {("", "not-json")}),
        (b'{"currency": "\xff"}', 400, {("", "invalid-utf8")}),
        (b"\xef\xbb\xbf{}", 400, {("", "not-json")}),
        (b"[" * 60_000, 400, {("", "too-deep")}),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, {("", "too-deep")}),
        (TEXT + b',"extra":{"x":NaN}}', 400, {("/extra/x", "not-json")}),
        (TEXT + b',"extra":{"x":-Infinity}}', 400, {("/extra/x", "not-json")}),
        (TEXT + b',"currency":"EUR"}', 422, {("/currency", "duplicate-key")}),
        (TEXT + b',"deal":{"budget":1,"budget":2}}', 422, {("/deal/budget", "duplicate-key")}),
        (TEXT + b',"deal":{"budget":' + b"9" * 30 + b"}}", 422, {("/deal/budget", "integer-too-large")}),
        (TEXT + b',"deal":{"budget":' + b"9" * 5_000 + b"}}", 422, {("/deal/budget", "integer-too-large")}),
        (TEXT + b',"deal":{"budget":1e400}}', 422, {("/deal/budget", "wrong-type")}),
        (b"null", 422, {("", "wrong-type")}),
        (b"[]", 422, {("", "wrong-type")}),
        (b"{}", 422, {("/currency", "missing-field"), ("/client", "missing-field"), ("/job", "missing-field")}),
    ],
)
def test_text(client: FlaskClient, recorded: Callable[[], int], raw: bytes, status: int, findings: Pairs) -> None:
    answer = post(client, raw)
    assert answer.status_code == status
    assert pairs(answer) == findings
    assert recorded() == 0


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({"currency": "eur"}, {("/currency", "unknown-currency")}),
        ({"currency": "XXY"}, {("/currency", "unknown-currency")}),
        ({"currency": 5}, {("/currency", "wrong-type")}),
        ({"currency": "CHF"}, {("/currency", "no-rate")}),
        ({"language": "english please"}, {("/language", "not-a-language")}),
        ({"discount": 5}, {("/discount", "unknown-field")}),
        ({"client": {"id": "a", "nmae": "Ann"}}, {("/client/nmae", "unknown-field")}),
        ({"client": {}}, {("/client/id", "missing-field")}),
        ({"client": {"id": ""}}, {("/client/id", "blank-text")}),
        ({"client": {"id": "a\u0000b"}}, {("/client/id", "control-character")}),
        ({"client": {"id": "\ud800"}}, {("/client/id", "control-character")}),
        ({"client": {"id": "a", "name": "Ann\u202e"}}, {("/client/name", "control-character")}),
        ({"job": {"title": "\u2067x"}}, {("/job/title", "control-character")}),
        ({"client": {"id": "a" * 101}}, {("/client/id", "too-long")}),
        ({"client": {"id": "a", "months_active": True}}, {("/client/months_active", "wrong-type")}),
        ({"client": {"id": "a", "months_active": "6"}}, {("/client/months_active", "wrong-type")}),
        ({"client": {"id": "a", "months_active": None}}, {("/client/months_active", "null-not-allowed")}),
        ({"client": {"id": "a", "category": "VIP"}}, {("/client/category", "not-a-choice")}),
        ({"client": {"id": "a", "overdue_days": 3}}, {("/client/overdue_days", "contradiction")}),
        ({"client": {"id": "a", "overdue": 3}}, {("/client/overdue", "contradiction")}),
        ({"client": {"id": "a", "days_since_last_order": 3}}, {("/client/days_since_last_order", "contradiction")}),
        ({"deal": {"budget": 10.0}}, {("/deal/budget", "wrong-type")}),
        ({"deal": {"budget": -1}}, {("/deal/budget", "out-of-range")}),
        ({"deal": {"budget": 10**12 + 1}}, {("/deal/budget", "out-of-range")}),
        ({"deal": {"asked_discount": 1}}, {("/deal/asked_discount", "wrong-type")}),
        ({"deal": {"asked_percent": 500}}, {("/deal/asked_percent", "contradiction")}),
        ({"deal": {"sign_by": "2026-03-01"}}, {("/deal/sign_by", "in-the-past")}),
        ({"deal": {"sign_by": "2036-03-01"}}, {("/deal/sign_by", "out-of-range")}),
        ({"deal": {"sign_by": "2026-02-30"}}, {("/deal/sign_by", "not-a-date")}),
        ({"deal": {"sign_by": "20260302"}}, {("/deal/sign_by", "not-a-date")}),
        ({"deal": {"earlier": {"low": 5, "high": 4}}}, {("/deal/earlier/low", "low-above-high")}),
        ({"deal": {"earlier": {"low": 5}}}, {("/deal/earlier/high", "missing-field")}),
        ({"job": {"deadline": "2026-03-01"}}, {("/job/deadline", "in-the-past")}),
        ({"job": {"lines": {}}}, {("/job/lines", "wrong-type")}),
        ({"job": {"lines": [5]}}, {("/job/lines/0", "wrong-type")}),
        ({"job": {"lines": [{}] * 201}}, {("/job/lines", "too-many")}),
        (
            {"job": {"lines": [{"description": "a", "cost": 10**12, "fair_price": 1}] * 2}},
            {("/job/lines", "sum-out-of-range")},
        ),
        ({"job": {"open_details": [{"name": "a"}, {"name": "b", "weight": 0}]}},
         {("/job/open_details/1/weight", "out-of-range")}),
        ({"received_at": "2026-03-02T10:05:01Z"}, {("/received_at", "in-the-future")}),
        ({"received_at": "2026-03-02T10:00:00"}, {("/received_at", "not-a-time")}),
        ({"received_at": "2026-13-02T10:00:00Z"}, {("/received_at", "not-a-time")}),
        ({"received_at": "0001-01-01T00:00:00Z", "as_of": None}, {("/received_at", "out-of-range")}),
        ({"as_of": "2025-12-31"}, {("/as_of", "no-value")}),
        ({"sale": {"percent": 1000}}, {("/sale/starts_on", "missing-field")}),
        ({"sale": {"percent": 1000, "starts_on": "2026-03-01"}}, {("/sale/starts_on", "in-the-past")}),
        ({"policy_version": "sha256:0"}, {("/policy_version", "unknown-policy-version")}),
        ({"extra": {"charty": True}}, {("/extra/charty", "unknown-fact")}),
        ({"extra": {"charity": 1}}, {("/extra/charity", "wrong-type")}),
        ({"extra": {"charity": 1.5}}, {("/extra/charity", "wrong-type")}),
        ({"a/b~c": 1}, {("/a~1b~0c", "unknown-field")}),
        ({"_schema": 1}, {("/_schema", "unknown-field")}),
        ({"\ud800": 1}, {("/\\ud800", "unknown-field")}),
    ],
)  # fmt: skip
def test_content(
    client: FlaskClient,
    recorded: Callable[[], int],
    body: dict[str, Any],
    change: dict[str, Any],
    findings: Pairs,
) -> None:
    answer = post(client, json.dumps({**body, **change}).encode())
    assert answer.status_code == 422
    assert pairs(answer) == findings
    assert all(finding["message"] and finding["fix"] for finding in answer.json["findings"])
    assert recorded() == 0
    assert client.get("/readyz").status_code == 200


def test_every_finding_of_a_body_is_told_at_once(client: FlaskClient, body: dict[str, Any]) -> None:
    body["currency"] = "euro"
    body["client"] |= {"months_active": -1, "nickname": "A"}
    body["job"]["lines"][1]["cost"] = 10.5
    body["deal"] = {"sign_by": "2026-01-01", "stage": "rady"}
    answer = post(client, json.dumps(body).encode()[:-1] + b',"language":"en","language":"de"}')
    assert pairs(answer) == {
        ("/client/months_active", "out-of-range"),
        ("/client/nickname", "unknown-field"),
        ("/currency", "too-long"),
        ("/deal/sign_by", "in-the-past"),
        ("/deal/stage", "not-a-choice"),
        ("/job/lines/1/cost", "wrong-type"),
        ("/language", "duplicate-key"),
    }
    fixes = {finding["pointer"]: finding["fix"] for finding in answer.json["findings"]}
    assert fixes["/deal/stage"] == "Did you mean 'ready'?"


def test_a_body_of_faults_is_not_answered_by_a_larger_one(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = post(client, json.dumps(body | {str(number): 1 for number in range(3_000)}).encode())
    assert len(answer.json["findings"]) == 1_000
    assert answer.json["findings_left_out"] == 2_000


@pytest.mark.parametrize("size", [65_537, 10 * 1024 * 1024])
def test_a_body_that_is_too_large(client: FlaskClient, recorded: Callable[[], int], size: int) -> None:
    answer = post(client, b" " * size)
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
    assert recorded() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_other_media_types(client: FlaskClient, body: dict[str, Any], headers: dict[str, str]) -> None:
    answer = client.post("/evaluate", data=json.dumps(body), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")


def test_addresses_and_methods(client: FlaskClient) -> None:
    nowhere, wrong = client.get("/evaluat"), client.get("/evaluate")
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method-not-allowed")
    assert "POST" in wrong.headers["Allow"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
FIELDS = ("currency", "language", "received_at", "as_of", "client", "job", "deal", "hassle", "firm", "questions")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from((*FIELDS, "extra", "dispute")) | st.text(), json_values, max_size=3))
def test_any_json_is_decided_or_refused_with_findings(
    client: FlaskClient, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = post(client, json.dumps({**body, **changes}).encode())
    assert answer.status_code in (200, 400, 422)
    if answer.status_code != 200:
        assert answer.json["findings"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_answered(client: FlaskClient, raw: bytes) -> None:
    assert post(client, raw).status_code in (400, 422)
