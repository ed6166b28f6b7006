"""One decision on paper: all of how it came about, its proof, and nothing of a client's that a browser would run."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from schemas.afterwards import load_ending
from service.api.services import EXTENSION
from service.domain.people import SYSTEM, Role
from service.people.administration import add_user
from tests.api.conftest import BODY, NOW, app, book, client, database
from tests.api.sealed import seal

__all__ = ["app", "book", "client", "database"]
SCRIPT = "<script>alert(1)</script>"


def printed(client: FlaskClient, id: str) -> str:
    answer = client.get(f"/decisions/{id}/print")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    return str(answer.text)


def decided(asking: FlaskClient, **changed: Any) -> str:
    id: str = asking.post("/evaluate", json={**BODY, **changed}).json["decision_id"]
    return id


def test_what_stands_on_it(app: Flask, client: FlaskClient) -> None:
    id = decided(client, hassle={"recent": {"scenes": 4}})
    assert "not sealed yet" in printed(client, id)
    seal(app)
    ending = {"result": "won", "final_amount": 320_000, "happened_on": "2026-03-02", "why": SCRIPT}
    client.post(f"/decisions/{id}/outcome", json=ending)
    page = printed(client, id)
    for told in (
        "3,000.00 EUR", "3,300.00 EUR fixed", "hassle-markup", "sha256:", '<td class="number">10 %</td>',
        "Prepayment 50 %", "won on 2026-03-02", "3,200.00 EUR", "<strong>Proved</strong>", "under the checkpoint of",
    ):  # fmt: skip
        assert told in page, told


def test_what_is_given_and_on_which_condition(client: FlaskClient) -> None:
    given = printed(client, decided(client, deal={"asked_discount": True, "closes_if_discounted": True}))
    assert "<li>discount 150.00 EUR (5 %)" in given
    assert "<h2>Concessions</h2>" not in printed(client, decided(client))


def test_who_did_it_is_named(app: Flask, client: FlaskClient) -> None:
    at = app.extensions[EXTENSION]
    add_user(at.people, "quinn", Role.QUOTER, None, "u-quinn", SYSTEM, NOW)
    id = decided(client)
    ending = load_ending(b'{"result": "lost", "happened_on": "2026-03-02"}')
    at.outcomes.add(id, ending, "u-quinn", "o-1", NOW)
    assert "told by quinn (u-quinn)" in printed(client, id)


def test_a_clients_words_stay_text(app: Flask, client: FlaskClient) -> None:
    job = {**BODY["job"], "lines": [{"description": SCRIPT, "cost": 40_000, "fair_price": 100_000}]}
    id = decided(client, client={"id": SCRIPT, "name": SCRIPT}, job=job)
    client.post(f"/decisions/{id}/outcome", json={"result": "lost", "happened_on": "2026-03-02", "why": SCRIPT})
    page = printed(client, id)
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_what_was_altered_is_not_called_proved(app: Flask, client: FlaskClient, database: Path) -> None:
    id = decided(client)
    seal(app)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE decisions SET caller = 'me'")
    page = printed(client, id)
    assert "NOT PROVED" in page
    assert "<strong>Proved</strong>" not in page


def test_of_one_that_was_erased_the_record_and_its_proof_stand(app: Flask, client: FlaskClient) -> None:
    id = decided(client)
    seal(app)
    app.extensions[EXTENSION].erasures.erase("c-204", "u-ada", "asked for", NOW)
    page = printed(client, id)
    assert "was erased" in page
    assert "<strong>Proved</strong>" in page


def test_its_style_is_its_own(client: FlaskClient) -> None:
    style = client.get("/print.css")
    assert "@page" in style.text
    assert client.get("/decisions/nothing/print").status_code == 404
