"""POST /evaluate/batch: a line for a line, faults in their place, one commit a chunk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.batch import CHUNK
from service.ledger import Entry, Ledger, LedgerUnavailable

from .conftest import service

NDJSON = "application/x-ndjson"


def post(client: FlaskClient, lines: Sequence[bytes], **headers: str) -> list[dict[str, Any]]:
    answer = client.post("/evaluate/batch", data=b"\n".join(lines), content_type=NDJSON, headers=headers)
    assert (answer.status_code, answer.content_type) == (200, NDJSON)
    return [json.loads(line) for line in answer.data.splitlines()]


def test_faults_stand_in_their_place(client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]) -> None:
    good = json.dumps(body).encode()
    answers = post(client, [good, b"", b"{", b"{}", b"\xff", b" " + good + b"\r", b"[" * 9_999, b"x" * 70_000, good])
    assert [answer["line"] for answer in answers] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert [answer.get("error", {}).get("status") for answer in answers] == [None, 400, 422, 400, None, 400, 413, None]
    assert {finding["pointer"] for finding in answers[2]["error"]["findings"]} == {"/currency", "/client", "/job"}
    decided = [answer["decision"] for answer in answers if "decision" in answer]
    assert [decision["price"]["target"] for decision in decided] == [300000] * 3
    assert len({decision["decision_id"] for decision in decided}) == 3
    assert recorded() == 3
    for decision in decided:
        assert client.get(f"/decisions/{decision['decision_id']}").json == decision


def test_nothing_in_nothing_out(client: FlaskClient) -> None:
    assert post(client, []) == []
    assert post(client, [b"", b"  ", b""]) == []


def test_one_commit_a_chunk(app: Flask, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, record = [], Ledger.record

    def counted(ledger: Ledger, entries: Sequence[Entry]) -> Any:
        sizes.append(len(entries))
        return record(ledger, entries)

    monkeypatch.setattr(Ledger, "record", counted)
    assert len(post(app.test_client(), [json.dumps(body).encode()] * (CHUNK + 3))) == CHUNK + 3
    assert sizes == [CHUNK, 3]


def test_a_ledger_lost_on_the_way(app: Flask, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    record, calls = Ledger.record, []

    def failing(ledger: Ledger, entries: Sequence[Entry]) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise LedgerUnavailable("sqlite:///x", "disk full")
        if len(calls) == 3:
            raise KeyError("a programmer's mistake")
        return record(ledger, entries)

    monkeypatch.setattr(Ledger, "record", failing)
    answers = post(app.test_client(), [json.dumps(body).encode()] * (3 * CHUNK + 1))
    statuses = [answer.get("error", {}).get("status") for answer in answers]
    assert statuses == [None] * CHUNK + [503] * CHUNK + [500] * CHUNK + [None]


def test_a_ledger_away_from_the_start(app: Flask, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise LedgerUnavailable("sqlite:///x", "disk full")

    monkeypatch.setattr(Ledger, "record", away)
    answer = app.test_client().post("/evaluate/batch", data=json.dumps(body), content_type=NDJSON)
    assert (answer.status_code, answer.json["code"]) == (503, "ledger-unavailable")


def test_a_repeated_batch_gives_the_same_decisions(
    client: FlaskClient, body: dict[str, Any], recorded: Callable[[], int]
) -> None:
    one, other = json.dumps(body).encode(), json.dumps({**body, "language": "de"}).encode()
    first = post(client, [one, one], **{"Idempotency-Key": "b"})
    assert post(client, [one, one], **{"Idempotency-Key": "b"}) == first
    assert recorded() == 2
    changed = post(client, [one, other], **{"Idempotency-Key": "b"})
    assert changed[0] == first[0]
    assert changed[1]["error"]["status"] == 409


def test_size_and_type(book: Any, database: Any) -> None:
    client = service(book, database, max_batch_bytes=2_000).test_client()
    answer = client.post("/evaluate/batch", data=b" " * 2_001, content_type=NDJSON)
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
    answer = client.post("/evaluate/batch", data=b"{}", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")


def test_more_lines_than_a_batch_may_have(client: FlaskClient, recorded: Callable[[], int]) -> None:
    answer = client.post("/evaluate/batch", data=b"{}\n" * 100_001, content_type="application/x-ndjson")
    assert (answer.status_code, answer.json["code"]) == (413, "too-many-lines")
    assert recorded() == 0
