"""Decisions are searched and exported over HTTP; each export says what it holds, and its hash is that of its bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from service.api.services import EXTENSION

from .conftest import NOW
from .sealed import seal


@pytest.fixture
def three(client: FlaskClient, app: Flask, body: dict[str, Any]) -> list[str]:
    """Ids: 3,000.00 for c-204, 3,300.00 for =c-1 who is hard to work with, 3,000.00 for c-204."""
    hard = {**body, "client": {"id": "=c-1", "name": "Žofie"}, "hassle": {"recent": {"scenes": 4}}}
    made = [client.post("/evaluate", json=each).json["decision_id"] for each in (body, hard, body)]
    seal(app)
    return made


def found(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/decisions?{query}")
    assert answer.status_code == 200, answer.text
    return [one["decision_id"] for one in answer.json["decisions"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2]),
        ("client=c-204", [0, 2]),
        ("client=%3Dc-1", [1]),
        ("caller=anonymous&outcome=quote&currency=EUR", [0, 1, 2]),
        ("since=2026-03-02&until=2026-03-02", [0, 1, 2]),
        ("since=2026-03-03", []),
        ("until=2026-03-01", []),
        ("lowest=300001", [1]),
        ("highest=300000", [0, 2]),
        ("rule=hassle-markup", [1]),
        ("practice=P3", [1]),
        ("practice=P99", []),
        ("approver=nobody", []),
        ("overridden=true", []),
        ("overridden=false", [0, 1, 2]),
        ("result=won", [0]),
        ("version=sha256:0", []),
    ],
)
def test_what_is_asked_is_found(client: FlaskClient, three: list[str], query: str, expected: list[int]) -> None:
    ending = {"result": "won", "final_amount": 1, "happened_on": "2026-03-02"}
    client.post(f"/decisions/{three[0]}/outcome", json=ending)
    assert sorted(map(three.index, found(client, query))) == expected


def test_page_by_page(client: FlaskClient, three: list[str]) -> None:
    first = client.get("/decisions?limit=2").json
    assert len(first["decisions"]) == 2
    rest = client.get(f"/decisions?limit=2&before={first['next']}").json
    assert rest["next"] is None
    ids = [one["decision_id"] for one in first["decisions"] + rest["decisions"]]
    assert ids == sorted(three, reverse=True)
    document = client.get("/openapi.json").json
    validator = Draft202012Validator({"$ref": "#/components/schemas/Page", **document})
    assert [error.message for error in validator.iter_errors(first)] == []
    assert first["decisions"][0]["kept"] is True


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "client=", "client=a%00b", "since=yesterday", "overridden=perhaps", "outcome=won",
     "lowest=-1", "overridden_by_role=boss", "before=%00"],
)  # fmt: skip
def test_what_can_not_be_asked(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/decisions?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, "bad-query")


def lines_and_manifest(answer: TestResponse, prefix: bytes = b"") -> tuple[bytes, dict[str, Any]]:
    content, _, last = answer.data.rstrip(b"\n").rpartition(b"\n")
    manifest: dict[str, Any] = json.loads(last.removeprefix(prefix))["manifest"]
    content += b"\n"
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["bytes"] == len(content)
    return content, manifest


def test_json_lines(client: FlaskClient, app: Flask, three: list[str]) -> None:
    app.extensions[EXTENSION].erasures.erase("=c-1", "u-ada", "asked for", NOW)
    content, manifest = lines_and_manifest(client.get("/decisions/export?since=2026-03-02"))
    lines = [json.loads(line) for line in content.splitlines()]
    assert sorted(line["decision_id"] for line in lines) == sorted(three)
    by_id = {line["decision_id"]: line for line in lines}
    assert by_id[three[0]]["decision"] == client.get(f"/decisions/{three[0]}").json
    assert by_id[three[1]]["decision"] is None
    assert {name: manifest[name] for name in ("rows", "wordless", "filters", "format")} == {
        "rows": 3, "wordless": 1, "filters": {"since": "2026-03-02"}, "format": "jsonl"
    }  # fmt: skip
    assert manifest["checkpoint"] == client.get("/ledger/checkpoint").text


def test_csv_starts_no_formula(client: FlaskClient, three: list[str]) -> None:
    answer = client.get("/decisions/export?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="decisions.csv"'
    content, manifest = lines_and_manifest(answer, b"# ")
    rows = {row["decision_id"]: row for row in csv.DictReader(io.StringIO(content.decode(), newline=""))}
    assert rows[three[1]]["client_id"] == "'=c-1"
    assert (rows[three[1]]["target"], rows[three[1]]["overridden"], rows[three[1]]["kept"]) == (
        "330000", "false", "true"
    )  # fmt: skip
    assert manifest["rows"] == 3


def test_parquet_and_sheets(client: FlaskClient, three: list[str], tmp_path: Path) -> None:
    for format in ("parquet", "xlsx"):
        answer = client.get(f"/decisions/export?format={format}&client=%3Dc-1")
        manifest = json.loads(answer.headers["Quotewright-Manifest"])
        assert manifest["sha256"] == hashlib.sha256(answer.data).hexdigest()
        assert manifest["rows"] == 1
        (tmp_path / f"x.{format}").write_bytes(answer.data)
    (row,) = duckdb.sql(f"SELECT client_id, target, overridden, result FROM '{tmp_path}/x.parquet'").fetchall()
    assert row == ("=c-1", 330_000, False, None)
    with zipfile.ZipFile(tmp_path / "x.xlsx") as sheets:
        sheet = sheets.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=c-1" in sheet


def test_an_export_of_nothing(client: FlaskClient) -> None:
    for format in ("csv", "jsonl", "xlsx", "parquet"):
        assert client.get(f"/decisions/export?format={format}").status_code == 200
    assert client.get("/decisions/export?format=pdf").json["code"] == "bad-query"
