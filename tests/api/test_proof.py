"""Receipts, checkpoints, consistency and keys over HTTP, verified as an auditor would."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.domain.merkle import consistent
from service.ledger.log.checkpoints import opened
from service.ledger.log.keys import verifiers_in
from service.ledger.log.receipts import receipt_faults

from .asking import Person, signed_in
from .sealed import seal


def test_a_receipt_is_had_from_the_seal_on(app: Flask, client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post("/evaluate", json=body)
    path = f"/decisions/{answer.json['decision_id']}/receipt"
    early = client.get(path)
    assert (early.status_code, early.json["code"], early.headers["Retry-After"]) == (503, "not-sealed-yet", "1")
    seal(app)
    receipt = client.get(path).json
    keys = verifiers_in(client.get("/ledger/key").text)
    assert receipt_faults(receipt, keys, answer.data) == []
    assert receipt["entry"]["target"] == 300_000
    assert receipt["leaf"] == answer.json["receipt"]["leaf"]
    document = client.get("/openapi.json").json
    validator = Draft202012Validator({"$ref": "#/components/schemas/LogReceipt", **document})
    assert [error.message for error in validator.iter_errors(receipt)] == []
    missing = client.get("/decisions/nothing/receipt")
    assert (missing.status_code, missing.json["code"]) == (404, "no-such-decision")


def test_a_later_checkpoint_begins_with_an_earlier(app: Flask, client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.get("/ledger/checkpoint").json["code"] == "not-sealed-yet"
    notes = []
    for _ in range(2):
        client.post("/evaluate", json=body)
        seal(app)
        notes.append(client.get("/ledger/checkpoint"))
    assert notes[0].content_type == "text/plain; charset=utf-8"
    keys = verifiers_in(client.get("/ledger/key").text)
    one, other = (opened(note.text, keys) for note in notes)
    told = client.get(f"/ledger/consistency?earlier={one.size}&later={other.size}").json
    proof = [bytes.fromhex(hash) for hash in told["proof"]]
    assert consistent(one.size, one.root, other.size, other.root, proof)
    beyond = client.get(f"/ledger/consistency?earlier=1&later={other.size + 1}")
    assert (beyond.status_code, beyond.json["code"]) == (404, "no-such-size")
    for query in ("", "?earlier=1", "?earlier=-1&later=2", "?earlier=1&later=two"):
        assert client.get(f"/ledger/consistency{query}").json["code"] == "bad-query"


def test_a_body_that_was_changed_is_not_answered(client: FlaskClient, database: Path, body: dict[str, Any]) -> None:
    id = client.post("/evaluate", json=body).json["decision_id"]
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE decisions SET body = x'0142'")
    answer = client.get(f"/decisions/{id}")
    assert (answer.status_code, answer.json["code"]) == (500, "record-altered")


def test_who_may_ask(app: Flask) -> None:
    quinn = Person(signed_in(app), "quinn")
    assert quinn.get("/ledger/key").status_code == 200
    assert quinn.get("/decisions").status_code == 403
    assert quinn.post("/decisions/x/replay").status_code == 403
    assert Person(app, "ann").get("/decisions/export").status_code == 403
    assert Person(app, "ann").get("/decisions/x/print").status_code == 403
    assert Person(app, "fiona").get("/decisions").status_code == 200
