"""POST /preview: other values of parameters, nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient


def test_as_evaluate_but_not_recorded(client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]) -> None:
    real = client.post("/evaluate", json=body).json
    tried = client.post("/preview", json={"request": body}).json
    assert tried["decision_id"] == "preview"
    assert real.pop("receipt").keys() == {"leaf", "salt"}
    assert {**tried, "decision_id": ""} == {**real, "decision_id": ""}
    assert recorded() == 1


def test_other_parameters(client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]) -> None:
    body["hassle"] = {"recent": {"scenes": 4}}
    # Hassle score 4: 10 % of 3,000.00 on top; with the markup at 12.5 %, 375.00.
    for parameters, target in (({}, 330000), ({"hassle_markup": "12.5 %"}, 337500), ({"hassle_from": 5}, 300000)):
        answer = client.post("/preview", json={"request": body, "parameters": parameters})
        assert answer.json["price"]["target"] == target
    assert client.post("/preview", json={"request": body}).json["price"]["target"] == 330000
    assert recorded() == 0


def test_why_not(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/preview", json={"request": body}).json["not_fired"] is None
    assert client.post("/preview", json={"request": body, "why_not": True}).json["not_fired"]


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({"parameters": {"hassle_mark": "5 %"}}, {("/parameters/hassle_mark", "unknown-parameter")}),
        ({"parameters": {"hassle_markup": "5"}}, set()),
        ({"parameters": {"hassle_markup": "5.123 %"}}, {("/parameters/hassle_markup", "wrong-value")}),
        ({"parameters": {"hassle_markup": "lots"}}, {("/parameters/hassle_markup", "wrong-value")}),
        ({"parameters": {"hassle_markup": 5.5}}, {("/parameters/hassle_markup", "wrong-type")}),
        ({"parameters": {"hassle_markup": True}}, {("/parameters/hassle_markup", "wrong-type")}),
        ({"parameters": []}, {("/parameters", "wrong-type")}),
        ({"why_not": "yes"}, {("/why_not", "wrong-type")}),
        ({"drafts": 1}, {("/drafts", "unknown-field")}),
        ({"request": None}, {("/request", "null-not-allowed")}),
        ({"request": 5}, {("/request", "wrong-type")}),
        ({"request": {"currency": "EUR", "job": {}, "client": {"id": 5}}, "why_not": 3},
         {("/request/client/id", "wrong-type"), ("/why_not", "wrong-type")}),
        ({"request": {"currency": "CHF", "job": {}, "client": {"id": "a"}}}, {("/request/currency", "no-rate")}),
    ],
)  # fmt: skip
def test_findings(
    client: FlaskClient,
    body: dict[str, Any],
    recorded: Callable[[], int],
    change: dict[str, Any],
    findings: set[tuple[str, str]],
) -> None:
    answer = client.post("/preview", json={"request": body, **change})
    assert answer.status_code == (422 if findings else 200)
    assert {(f["pointer"], f["code"]) for f in answer.json.get("findings", ())} == findings
    assert recorded() == 0


def test_doubled_names_keep_their_pointer(client: FlaskClient) -> None:
    raw = b'{"request": {"currency": "EUR", "currency": "EUR", "client": {"id": "a"}, "job": {}}}'
    answer = client.post("/preview", data=raw, content_type="application/json")
    assert {(f["pointer"], f["code"]) for f in answer.json["findings"]} == {("/request/currency", "duplicate-key")}


def test_numbers_that_no_book_would_be_let_through_with(client: FlaskClient, body: dict[str, Any]) -> None:
    parameters = {"minimum_profit": "90000000000 %"}
    answer = client.post("/preview", json={"request": body, "parameters": parameters})
    assert answer.status_code == 422
    assert {f["code"] for f in answer.json["findings"]} == {"integer-overflow"}
