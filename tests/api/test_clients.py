"""Erasure over HTTP, and what every other route then says of what was erased: never a fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.api.clients import SAMPLE
from service.domain.people import Caller, Role
from tests.api.conftest import service
from tests.api.signed_in import signed_in
from tests.api.test_overrides import GOVERNANCE

OLE = Caller("u-ole", "Ole", Role.FINANCE)


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    (book / "governance.yaml").write_text(GOVERNANCE)
    return service(book, database)


@pytest.fixture
def finance(app: Flask) -> FlaskClient:
    return signed_in(app, OLE)


@pytest.fixture
def decision(finance: FlaskClient, body: dict[str, Any]) -> str:
    id: str = finance.post("/evaluate", json=body, headers={"Idempotency-Key": "k"}).json["decision_id"]
    return id


def test_the_documented_example(finance: FlaskClient, decision: str) -> None:
    first = finance.post("/clients/c-204/erase", json=SAMPLE)
    assert (first.status_code, first.json) == (
        201, {"client_id": "c-204", "erased_at": "2026-03-02T10:00:00+00:00", "by": "u-ole", "repeated": False}
    )  # fmt: skip
    again = finance.post("/clients/c-204/erase", json={"reason": "Once more"})
    assert (again.status_code, again.json) == (200, {**first.json, "repeated": True})
    document = finance.get("/openapi.json").json
    validator = Draft202012Validator({"$ref": "#/components/schemas/Erased", **document})
    assert list(validator.iter_errors(first.json)) == []


def test_what_was_erased_is_gone_for_every_route(finance: FlaskClient, decision: str, body: dict[str, Any]) -> None:
    overriding = {"reason": "closes_the_sale", "note": "Ann agreed", "price": 290_000}
    ending = {"result": "lost", "happened_on": "2026-03-02", "why": "Ann took the cheaper one"}
    at = f"/decisions/{decision}"
    assert finance.post(f"{at}/override", json=overriding).status_code == 201
    assert finance.post(f"{at}/outcome", json=ending).status_code == 201
    finance.post("/clients/c-204/erase", json=SAMPLE)
    gone = finance.get(at)
    assert (gone.status_code, gone.json["code"]) == (410, "erased")
    assert gone.json["detail"].startswith("What this decision said is no longer kept: erased on 2026-03-02.")
    assert "u-ole" not in gone.text
    refused = finance.post(f"{at}/override", json={**overriding, "price": 280_000})
    assert (refused.status_code, refused.json["code"]) == (410, "erased")
    (noted,) = finance.get(f"{at}/overrides").json["overrides"]
    assert (noted["note"], noted["asked"]["price"]) == (None, 290_000)
    latest = finance.get(f"{at}/outcome").json["latest"]
    assert (latest["why"], latest["result"]) == (None, "lost")
    told = finance.post(f"{at}/outcome", json={**ending, "result": "lapsed"})
    assert told.status_code == 201
    repeated = finance.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    assert (repeated.status_code, repeated.json["code"]) == (410, "erased")
    body["deal"] = {"budget": 5}
    other = finance.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json["code"]) == (409, "idempotency-key-reused")
    anew = finance.post("/evaluate", json=body, headers={"Idempotency-Key": "k-2"})
    assert finance.get(f"/decisions/{anew.json['decision_id']}").data == anew.data


def test_a_line_of_a_batch_whose_answer_is_gone(finance: FlaskClient, body: dict[str, Any]) -> None:
    def batch() -> list[dict[str, Any]]:
        headers = {"Idempotency-Key": "b", "Content-Type": "application/x-ndjson"}
        answer = finance.post("/evaluate/batch", data=json.dumps(body), headers=headers)
        return [json.loads(line) for line in answer.text.splitlines()]

    (first,) = batch()
    assert first["decision"]["outcome"] == "quote"
    finance.post("/clients/c-204/erase", json=SAMPLE)
    (second,) = batch()
    assert second["error"]["code"] == "erased"


@pytest.mark.parametrize(
    ("client_id", "body", "status", "code"),
    [
        ("c-9999", SAMPLE, 404, "no-such-client"),
        ("c%00", SAMPLE, 404, "no-such-client"),
        ("a/b", SAMPLE, 404, "no-such-client"),
        ("c-204", {}, 422, "invalid-request"),
        ("c-204", {"reason": " "}, 422, "invalid-request"),
        ("c-204", {"reason": "x", "by": "me"}, 422, "invalid-request"),
    ],
)
def test_what_is_refused(finance: FlaskClient, client_id: str, body: dict[str, Any], status: int, code: str) -> None:
    refused = finance.post(f"/clients/{client_id}/erase", json=body)
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_an_id_may_hold_any_text(finance: FlaskClient, body: dict[str, Any]) -> None:
    body["client"]["id"] = "Žaneta/1 ☂"
    finance.post("/evaluate", json=body)
    assert finance.post("/clients/Žaneta%2F1 ☂/erase", json=SAMPLE).status_code == 201


def test_somebody_must_answer_for_it(client: FlaskClient) -> None:
    refused = client.post("/clients/c-204/erase", json=SAMPLE)
    assert (refused.status_code, refused.json["code"]) == (403, "sign-in-off")
