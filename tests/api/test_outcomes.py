"""How quotes ended over HTTP: told once, corrected with history."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api.outcomes import SAMPLE

LOST = {"result": "lost", "happened_on": "2026-03-02", "why": "They took the cheaper one."}


@pytest.fixture
def address(client: FlaskClient, body: dict[str, Any]) -> str:
    return f"/decisions/{client.post('/evaluate', json=body).json['decision_id']}/outcome"


def test_told_told_again_and_corrected(client: FlaskClient, address: str) -> None:
    """The documented example; with sign-in off nobody in particular tells it."""
    assert client.get(address).json == {"decision_id": address.split("/")[2], "latest": None, "history": []}
    first, again = client.post(address, json=SAMPLE), client.post(address, json=SAMPLE)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    told = first.json
    assert (told["result"], told["final_amount"], told["by"], told["corrects"]) == ("won", 290_000, "anonymous", None)
    assert told["hassle"] == {
        "changed_decisions": 3, "cancellations": 0, "scenes": 0, "trifling_haggles": 0, "draining_meetings": 0,
        "teaching": 0, "staff_rating": 1,
    }  # fmt: skip
    corrected = client.post(address, json=LOST)
    assert (corrected.status_code, corrected.json["corrects"]) == (201, told["id"])
    known = client.get(address).json
    assert known["latest"] == corrected.json
    assert known["history"] == [told, corrected.json]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, [("/happened_on", "missing-field"), ("/result", "missing-field")]),
        ({"result": "won", "happened_on": "2026-03-02"}, [("/final_amount", "missing-field")]),
        ({**LOST, "final_amount": 1}, [("/final_amount", "contradiction")]),
        ({**LOST, "result": "lapsed", "final_amount": 0}, [("/final_amount", "contradiction")]),
        ({"result": "won", "final_amount": "1"}, [("/final_amount", "wrong-type"), ("/happened_on", "missing-field")]),
        ({**LOST, "hassle": {"scenes": -1, "fights": 1}},
         [("/hassle/fights", "unknown-field"), ("/hassle/scenes", "out-of-range")]),
        ({**LOST, "result": "win", "happened_on": "2.3."},
         [("/happened_on", "not-a-date"), ("/result", "not-a-choice")]),
    ],
)  # fmt: skip
def test_findings(client: FlaskClient, address: str, members: dict[str, Any], found: list[tuple[str, str]]) -> None:
    answered = client.post(address, json=members)
    assert answered.status_code == 422
    assert [(f["pointer"], f["code"]) for f in answered.json["findings"]] == found
    assert client.get(address).json["history"] == []


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-03-01", "in-the-past"), ("2026-03-02", None), ("2026-03-03", None), ("2026-03-04", "in-the-future")],
)
def test_it_ended_between_the_decision_and_now(client: FlaskClient, address: str, day: str, code: str | None) -> None:
    """Decided on 2 March, and it is 10:00 in UTC: somewhere the 3rd has begun."""
    answered = client.post(address, json={**LOST, "happened_on": day})
    assert [f["code"] for f in answered.json.get("findings", [])] == ([code] if code else [])
