"""Health, metrics, the rate limit, the documentation, and a book that changes while the service runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.api.services import EXTENSION
from service.policy.findings import BookRefused

from .conftest import service


def test_health_and_readiness(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz").json
    assert (ready["status"], ready["policy"]["book"]) == ("ready", "tiny")
    assert ready["policy"]["version"].startswith("sha256:")


def test_metrics(client: FlaskClient, body: dict[str, Any]) -> None:
    client.post("/evaluate", json=body)
    client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
    client.post("/preview", json={"request": body})
    client.post("/evaluate", json={})
    text = client.get("/metrics").text
    assert 'quotewright_decisions_total{outcome="quote"} 2.0' in text
    assert "quotewright_evaluation_seconds_count 4.0" in text
    assert 'quotewright_requests_total{route="/evaluate",status="422"} 1.0' in text
    assert "quotewright_disagreements_total 0.0" in text


def test_the_rate_limit_is_a_callers_own(book: Path, database: Path, body: dict[str, Any]) -> None:
    client = service(book, database, rate_limit="3/minute", trusted_proxies=1).test_client()
    for _ in range(3):
        assert client.post("/preview", json={"request": body}).status_code == 200
    refused = client.post("/preview", json={"request": body})
    assert (refused.status_code, refused.json["code"]) == (429, "rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    other = client.post("/preview", json={"request": body}, headers={"X-Forwarded-For": "203.0.113.7"})
    assert other.status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.get("/docs").status_code == 200
    assert "quotewright_rate_limited_requests_total 1.0" in client.get("/metrics").text


def test_the_document(client: FlaskClient, body: dict[str, Any]) -> None:
    document = client.get("/openapi.json").json
    assert set(document["paths"]) == {
        "/evaluate", "/evaluate/batch", "/preview", "/decisions/{decision_id}", "/decisions/{decision_id}/override",
        "/decisions/{decision_id}/overrides", "/decisions/{decision_id}/outcome",
        "/clients/{client_id}/erase", "/clients/imports/{kind}", "/clients/lists/{name}",
        "/healthz", "/readyz", "/metrics",
        "/policies", "/policies/in-force", "/policies/timeline", "/policies/{version}", "/policies/{version}/files",
        "/policies/{version}/diff", "/policies/{version}/check", "/policies/{version}/submit",
        "/policies/{version}/approve", "/policies/{version}/reject", "/policies/{version}/release",
        "/policies/{version}/withdraw", "/policies/{version}/roll-back", "/policies/{version}/shadow", "/shadow",
        "/shadow/{run_id}", "/shadow/{run_id}/end",
        "/decisions", "/decisions/export", "/decisions/{decision_id}/receipt", "/decisions/{decision_id}/replay",
        "/ledger/checkpoint", "/ledger/consistency", "/ledger/key",
        "/me", "/me/password", "/users", "/users/{user_id}", "/users/{user_id}/tokens", "/tokens/{token_id}",
    }  # fmt: skip
    schemas = document["components"]["schemas"]
    assert schemas["QuoteRequest"]["required"] == ["client", "currency", "job"]
    assert "minor units" in schemas["Line"]["properties"]["cost"]["description"]
    assert schemas["Line"]["properties"]["cost"]["maximum"] == 10**12
    assert set(document["paths"]["/evaluate"]["post"]["responses"]) == {
        "200", "400", "401", "403", "409", "410", "413", "415", "422", "429", "500", "503",
    }  # fmt: skip
    for name, value in (("QuoteRequest", body), ("Decision", client.post("/evaluate", json=body).json)):
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document})
        assert [error.message for error in validator.iter_errors(value)] == []


def test_the_documentation_needs_no_other_host(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert "//" not in asset
        assert client.get(f"/{asset}").status_code == 200
    assert client.get("/docs/index.html").status_code == 404


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_changed_book_comes_into_force(app: Flask, book: Path, body: dict[str, Any]) -> None:
    client, policy = app.test_client(), app.extensions[EXTENSION].policy
    body["hassle"] = {"recent": {"scenes": 4}}
    before = client.post("/evaluate", json=body).json
    assert before["price"]["target"] == 330000
    assert policy.poll() is False
    change(book / "parameters.yaml", '{2026-01-01: "10 %", 2026-07-01: "12 %"}', '{2026-01-01: "20 %"}')
    assert policy.poll() is True
    after = client.post("/evaluate", json=body).json
    assert after["price"]["target"] == 360000
    assert after["policy"]["version"] != before["policy"]["version"]
    assert 'quotewright_policy_reloads_total{result="loaded"} 1.0' in client.get("/metrics").text


def test_a_broken_book_is_told_and_the_running_one_stays(
    app: Flask, book: Path, body: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    client, policy = app.test_client(), app.extensions[EXTENSION].policy
    version = client.get("/readyz").json["policy"]["version"]
    change(book / "accept.yaml", "job.line_count == 0", "job.line_cuont == 0")
    change(book / "parameters.yaml", 'values: {2026-01-01: "500.00"}', 'values: {2026-01-01: "5 %"}')
    assert policy.poll() is False
    logged = capfd.readouterr().err
    assert "job.line_cuont" in logged
    assert "parameters.yaml" in logged
    assert policy.poll() is False
    assert "policy refused" not in capfd.readouterr().err
    assert client.post("/evaluate", json=body).json["policy"]["version"] == version
    change(book / "accept.yaml", "job.line_cuont == 0", "job.line_count == 0")
    change(book / "parameters.yaml", 'values: {2026-01-01: "5 %"}', 'values: {2026-01-01: "400.00"}')
    assert policy.poll() is True


def test_a_folder_that_vanishes(app: Flask, book: Path, body: dict[str, Any]) -> None:
    policy = app.extensions[EXTENSION].policy
    book.rename(book.with_name("elsewhere"))
    assert policy.poll() is False
    assert app.test_client().post("/evaluate", json=body).status_code == 200


def test_a_worker_that_starts_anew_beside_a_broken_book(book: Path, database: Path) -> None:
    """The version that its fellows decide by serves it too: else one crash would end the whole service."""
    first = service(book, database).extensions[EXTENSION].policy
    change(book / "parameters.yaml", '{2026-01-01: "10 %", 2026-07-01: "12 %"}', '{2026-01-01: "20 %"}')
    assert first.poll() is True
    whole = (book / "accept.yaml").read_text()
    change(book / "accept.yaml", "job.line_count == 0", "job.line_cuont == 0")
    second = service(book, database).extensions[EXTENSION].policy
    assert second.current.policy.book.version == first.current.policy.book.version
    (book / "accept.yaml").write_text(whole)
    assert second.poll() is False
    book.rename(book.with_name("elsewhere"))
    third = service(book, database).extensions[EXTENSION].policy
    assert third.current.policy.book.version == first.current.policy.book.version


def test_a_first_start_beside_a_broken_book_fails(book: Path, database: Path) -> None:
    change(book / "accept.yaml", "job.line_count == 0", "job.line_cuont == 0")
    with pytest.raises(BookRefused):
        service(book, database)
    book.rename(book.with_name("elsewhere"))
    with pytest.raises(BookRefused):
        service(book, database)
