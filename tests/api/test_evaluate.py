"""What POST /evaluate gives: a decision that is in the ledger, once for each idempotency key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.services import EXTENSION
from service.ledger import LedgerUnavailable

from .conftest import NOW, service


def test_a_decision_is_recorded_and_found_again(
    client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]
) -> None:
    answer = client.post("/evaluate", json=body)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    # 1,000.00 + 2,000.00, no open detail, no markup: one figure.
    assert answer.json["outcome"] == "quote"
    assert answer.json["price"] == {"currency": "EUR", "low": 300000, "target": 300000, "high": 300000, "fixed": 300000}
    assert answer.json["as_of"] == "2026-03-02"
    assert answer.json["evaluated_at"] == "2026-03-02T10:00:00+00:00"
    assert recorded() == 1
    found = client.get(f"/decisions/{answer.json['decision_id']}")
    assert found.status_code == 200
    assert found.data == answer.data


def test_the_same_request_twice_differs_in_its_id_alone(client: FlaskClient, body: dict[str, Any]) -> None:
    one, two = (client.post("/evaluate", json=body).json for _ in range(2))
    assert one.pop("decision_id") != two.pop("decision_id")
    assert one.pop("receipt") != two.pop("receipt")
    assert one == two


def test_ids_begin_with_the_time(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/evaluate", json=body).json["decision_id"].startswith("019cadfd-8900-7")


def test_without_a_day_the_books_time_zone_gives_it(client: FlaskClient, body: dict[str, Any]) -> None:
    del body["as_of"]
    # 23:30 in London is 01:30 of the next day in Tallinn.
    body["received_at"] = "2026-03-01T23:30:00Z"
    assert client.post("/evaluate", json=body).json["as_of"] == "2026-03-02"


def test_the_version_in_force_may_be_named(client: FlaskClient, body: dict[str, Any]) -> None:
    version = client.get("/readyz").json["policy"]["version"]
    assert client.post("/evaluate", json={**body, "policy_version": version}).status_code == 200


@pytest.mark.parametrize(("query", "told"), [("", False), ("?why_not=true", True), ("?why_not=false", False)])
def test_why_not_on_request(client: FlaskClient, body: dict[str, Any], query: str, told: bool) -> None:
    not_fired = client.post(f"/evaluate{query}", json=body).json["not_fired"]
    assert ("teaches-us" in [entry["rule"] for entry in not_fired or ()]) is told


def test_a_malformed_query_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post("/evaluate?why_not=perhaps", json=body)
    assert (answer.status_code, answer.json["code"]) == (400, "bad-query")


def test_a_repetition_gives_the_recorded_bytes(
    client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]
) -> None:
    first, second = (client.post("/evaluate", json=body, headers={"Idempotency-Key": "k 1"}) for _ in range(2))
    assert second.data == first.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert recorded() == 1


def test_a_retry_that_would_be_refused_today_gives_the_recorded_bytes(
    book: Path, database: Path, body: dict[str, Any], recorded: Callable[[], int]
) -> None:
    """Without `as_of` the day of receipt counts, so a date to sign by passes; the answer was given all the same."""
    del body["received_at"], body["as_of"]
    body["deal"] = {"sign_by": "2026-03-05"}
    today = [NOW]
    client = service(book, database, now=lambda: today[0]).test_client()
    headers = {"Idempotency-Key": "late"}
    first = client.post("/evaluate", json=body, headers=headers)
    line = client.post("/evaluate/batch", data=json.dumps(body), content_type="application/x-ndjson", headers=headers)
    today[0] = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
    assert client.post("/evaluate", json=body).status_code == 422
    assert client.post("/evaluate", json=body, headers=headers).data == first.data
    again = client.post("/evaluate/batch", data=json.dumps(body), content_type="application/x-ndjson", headers=headers)
    assert (first.status_code, again.data) == (200, line.data)
    body["client"]["id"] = "c-205"
    assert client.post("/evaluate", json=body, headers=headers).status_code == 409
    assert recorded() == 2


def test_another_body_under_the_same_key(
    client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]
) -> None:
    first = client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    body["job"]["lines"].pop()
    answer = client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency-key-reused")
    assert first.json["decision_id"] in answer.json["detail"]
    assert recorded() == 1


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "\xe9", "tab\there"])
def test_malformed_keys(client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int], key: str) -> None:
    answer = client.post("/evaluate", json=body, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-idempotency-key")
    assert recorded() == 0


def test_a_refused_body_uses_up_no_key(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/evaluate", json={}, headers={"Idempotency-Key": "k"}).status_code == 422
    assert client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"}).status_code == 200


def test_an_unknown_decision(client: FlaskClient) -> None:
    for name in ("nope", "%00", "01a200f4-3071-7698-a4b1-f8a539aa6d23"):
        answer = client.get(f"/decisions/{name}")
        assert (answer.status_code, answer.json["code"]) == (404, "no-such-decision")


def test_nothing_is_answered_that_was_not_recorded(client: FlaskClient, body: dict[str, Any], database: Path) -> None:
    database.unlink()
    for name in ("-wal", "-shm"):
        database.with_name(database.name + name).unlink(missing_ok=True)
    answer = client.post("/evaluate", json=body)
    assert (answer.status_code, answer.json["code"]) == (503, "ledger-unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


class _Broken:
    """A ledger in which a programmer's mistake comes to light."""

    def record(self, *_: object) -> None:
        raise KeyError("secret-client-name")


def test_a_fault_is_told_by_its_request_id_alone(
    app: Flask, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app.extensions[EXTENSION].recorder, "record", _Broken().record)
    answer = app.test_client().post("/evaluate", json=body, headers={"X-Request-Id": "r-1"})
    assert (answer.status_code, answer.json["code"], answer.json["request_id"]) == (500, "internal-error", "r-1")
    assert b"secret" not in answer.data
    logged = capfd.readouterr().err
    assert "secret" not in logged
    assert '"fault":"KeyError"' in logged
    assert "r-1" in logged


def test_request_ids(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["X-Request-Id"] == "abc-1.2_3"
    for unfit in ("", "a b", 'a"b', "x" * 101):
        given = client.get("/healthz", headers={"X-Request-Id": unfit}).headers["X-Request-Id"]
        assert len(given) == 32


def test_logs_hold_no_client_data(client: FlaskClient, body: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    body["client"] = {"id": "secret-id", "name": "Secret Name"}
    client.post("/evaluate?secret=1", json=body, headers={"Idempotency-Key": "secret-key"})
    client.post("/evaluate", json={"secret": "secret"})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [("/evaluate", 200), ("/evaluate", 422)]
    assert all(line["milliseconds"] > 0 and line["request_id"] for line in requests)
    assert "ecret" not in json.dumps(lines)


def test_an_unreachable_ledger_is_logged(
    app: Flask, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def away(*_: object) -> None:
        raise LedgerUnavailable("postgresql://user:***@host/ledger", "connection refused")

    monkeypatch.setattr(app.extensions[EXTENSION].recorder, "record", away)
    assert app.test_client().post("/evaluate", json=body).status_code == 503
    assert "connection refused" in capfd.readouterr().err
