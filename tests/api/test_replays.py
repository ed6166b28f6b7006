"""A recorded decision is made again: the same to the byte by its own version, and told apart by another."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.api.services import EXTENSION
from service.governance.replaying import again
from service.ledger.search import Search, Wanted

from .conftest import BODY, NOW
from .test_operating import change

HARD = {"hassle": {"recent": {"scenes": 4}}}
"""10 % more by the tiny book, 20 % by the changed one."""


def asked(**changed: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BODY), **changed}


def replay(client: FlaskClient, id: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/decisions/{id}/replay", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


@pytest.mark.parametrize("flags", ["", "?why_not=true"])
def test_by_its_own_version_it_is_the_same(client: FlaskClient, flags: str) -> None:
    made = client.post(f"/evaluate{flags}", json=asked(**HARD)).json
    told = replay(client, made["decision_id"])
    assert (told["same"], told["parts"], told["words"]) == (True, [], [])
    assert told["decided_by"] == told["replayed_by"] == made["policy"]["version"]
    assert told["recorded"] == told["replayed"] == {
        "outcome": "quote",
        "price": {"currency": "EUR", "low": 330_000, "target": 330_000, "high": 330_000, "fixed": 330_000},
        "refused": None,
    }  # fmt: skip
    assert told == replay(client, made["decision_id"], version=made["policy"]["version"])
    document = client.get("/openapi.json").json
    validator = Draft202012Validator({"$ref": "#/components/schemas/Replayed", **document})
    assert [error.message for error in validator.iter_errors(told)] == []


def test_by_another_version_the_difference_is_told(app: Flask, client: FlaskClient, book: Path) -> None:
    made = client.post("/evaluate", json=asked(**HARD)).json
    change(book / "parameters.yaml", '{2026-01-01: "10 %", 2026-07-01: "12 %"}', '{2026-01-01: "20 %"}')
    policy = app.extensions[EXTENSION].policy
    assert policy.poll()
    version = policy.current.policy.book.version
    told = replay(client, made["decision_id"], version=version)
    assert (told["same"], told["target_difference"], told["replayed_by"]) == (False, 30_000, version)
    assert (told["recorded"]["price"]["target"], told["replayed"]["price"]["target"]) == (330_000, 360_000)
    assert told["words"][0] == "Target 3,300.00 EUR → 3,600.00 EUR (+300.00 EUR)"
    assert replay(client, made["decision_id"])["same"]


def test_a_decision_that_was_forged_whole_is_found(client: FlaskClient, app: Flask) -> None:
    """Somebody with every key writes another answer: the policy would never have given it."""
    made = client.post("/evaluate", json=asked()).json
    at = app.extensions[EXTENSION]
    entry = at.ledger.find(made["decision_id"]).entry
    own = at.policy.opened.of(entry.version)
    forged = replace(entry, answer=entry.answer.replace(b'"target":300000', b'"target":290000'))
    told = again(forged, own)
    assert not told.same
    assert "price" in told.difference.parts
    other_facts = replace(entry, facts=entry.facts.replace(b"300000", b"300001"))
    assert again(other_facts, own).difference.parts == ("facts",)


def test_what_can_not_be_replayed(client: FlaskClient, app: Flask) -> None:
    id = client.post("/evaluate", json=asked()).json["decision_id"]
    unknown = client.post(f"/decisions/{id}/replay", json={"version": "sha256:0"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "no-such-version")
    assert client.post("/decisions/nothing/replay", json={}).json["code"] == "no-such-decision"
    assert client.post(f"/decisions/{id}/replay", json={"versoin": "x"}).status_code == 422
    app.extensions[EXTENSION].erasures.erase("c-204", "u-ada", "asked for", NOW)
    erased = client.post(f"/decisions/{id}/replay", json={})
    assert (erased.status_code, erased.json["code"]) == (410, "erased")


def test_every_kind_of_decision_is_the_same_again(client: FlaskClient, app: Flask) -> None:
    bodies = [
        asked(),
        asked(**HARD),
        asked(deal={"budget": 100_000}),
        asked(deal={"asked_discount": True, "closes_if_discounted": True, "sign_by": "2026-03-20"}),
        asked(job={**BODY["job"], "scope": "outline"}),
        asked(language="de-AT", questions=[{"text": "Wann?"}]),
        asked(as_of="2026-08-01", **HARD),
    ]
    for each in bodies:
        answer = client.post("/evaluate", json=each)
        assert answer.status_code == 200, answer.text
    at = app.extensions[EXTENSION]
    entries = [one.entry for _, one in Search(at.ledger.database).recorded(Wanted())]
    assert len(entries) == len(bodies)
    for entry in entries:
        assert again(entry, at.policy.opened.of(entry.version)).difference.parts == ()
