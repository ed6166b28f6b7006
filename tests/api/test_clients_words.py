"""Clients' names and free text: in the answers that are asked for, and in no log and no metric, whatever goes wrong."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.services import EXTENSION
from service.domain.people import Caller, Role
from tests.api.conftest import BODY, service
from tests.api.signed_in import signed_in
from tests.api.test_overrides import GOVERNANCE

ADA = Caller("u-ada", "Ada", Role.ADMIN)
MARK = "Xanthippe"
"""Stands wherever a client is named or somebody writes freely."""

TOLD: dict[str, Any] = {
    **copy.deepcopy(BODY),
    "client": {"id": f"c-{MARK}", "name": f"Ann {MARK}"},
    "questions": [{"text": f"Why, {MARK}?"}],
}
TOLD["job"]["title"] = f"Website of {MARK}"
TOLD["job"]["lines"][0]["description"] = f"Design for {MARK}"
ENDING = {"result": "lost", "happened_on": "2026-03-02", "why": f"{MARK} took the cheaper one"}
OVERRIDE = {"reason": "closes_the_sale", "note": f"{MARK} agreed", "price": 290_000}
WRONG = {"client": {"name": MARK, MARK: MARK}, MARK: MARK, "currency": MARK, "reason": MARK, "note": [MARK]}


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    (book / "governance.yaml").write_text(GOVERNANCE)
    return service(book, database, log_level="DEBUG")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, ADA)


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, re.sub(r"<[^>]+>", MARK, rule.rule)


def test_no_log_and_no_metric_holds_them(
    app: Flask, client: FlaskClient, database: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = client.post("/evaluate", json=TOLD, headers={"Idempotency-Key": MARK})
    assert decided.status_code == 200
    assert MARK in decided.text
    at = f"/decisions/{decided.json['decision_id']}"
    for path, body in ((f"{at}/override", OVERRIDE), (f"{at}/outcome", ENDING), ("/preview", {"request": TOLD})):
        assert client.post(path, json=body).status_code in (200, 201), path
    assert client.get(at).status_code == 200
    batch = "\n".join(json.dumps(line) for line in (TOLD, WRONG, [MARK], MARK))
    client.post("/evaluate/batch", data=batch, headers={"Content-Type": "application/x-ndjson"}).get_data()
    walked = list(routes(app))
    assert len(walked) > 30
    for method, path in walked:
        client.open(f"{path}?as_of={MARK}&why_not={MARK}&state={MARK}", method=method, json=WRONG).get_data()
        client.open(path, method=method, data=f'{{"{MARK}', headers={"Content-Type": "application/json"}).get_data()
    client.get(f"/{MARK}/nothing")
    assert client.post(f"/clients/c-{MARK}/erase", json={"reason": f"{MARK} asked"}).status_code == 201

    def failing(*_: object) -> None:
        raise ValueError(f"a fault about {MARK}")

    with monkeypatch.context() as patched:
        patched.setattr("service.api.evaluate.make", failing)
        assert client.post("/evaluate", json=TOLD).status_code == 500
    app.extensions[EXTENSION].ledger.close()
    database.rename(database.with_name("elsewhere.db"))
    assert client.post("/evaluate", json=TOLD).status_code == 503
    assert client.get(at).status_code == 503
    logged = capfd.readouterr()
    assert logged.err.count('"request"') > 60, "there is something to look at"
    assert "fault" in logged.err
    assert "ledger unavailable" in logged.err
    assert MARK not in logged.err + logged.out
    assert MARK not in client.get("/metrics").text
