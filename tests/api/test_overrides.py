"""Overrides over HTTP: recorded beside a decision whose bytes stay, refused with everything that is in the way."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.api.outcomes import SAMPLE as ENDING
from service.api.overrides import SAMPLE as WISH
from service.domain.people import Caller, Role
from service.reference.request_mistakes import OF_AN_OVERRIDE
from tests.api.conftest import service
from tests.api.signed_in import signed_in

GOVERNANCE = """
overrides:
  reasons: [long_relationship, closes_the_sale]
  limits:
    manager: {price_down: "10 %", prepayment_down: "25 %"}
    finance: {price_down: "70 %", prepayment_down: "50 %", credit_days: 30, outcomes: [quote, decline]}
"""
ANN, OLE, KAI = (Caller(f"u-{role}", role, role) for role in (Role.MANAGER, Role.FINANCE, Role.QUOTER))
NOBODY_S = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def governed(book: Path) -> Path:
    (book / "governance.yaml").write_text(GOVERNANCE)
    return book


@pytest.fixture
def app(governed: Path, database: Path) -> Flask:
    return service(governed, database)


@pytest.fixture
def decision(client: FlaskClient, body: dict[str, Any]) -> str:
    """3,000.00, half of it beforehand; the floor is 1,200.00."""
    id: str = client.post("/evaluate", json=body).json["decision_id"]
    return id


def post(client: FlaskClient, decision: str, **members: Any) -> Any:
    body = {"reason": "closes_the_sale", "note": "Agreed on the phone.", **members}
    return client.post(f"/decisions/{decision}/override", json=body)


def test_the_documented_example_is_recorded_beside_the_decision(app: Flask, decision: str) -> None:
    client = signed_in(app, ANN)
    before = client.get(f"/decisions/{decision}")
    answered = client.post(f"/decisions/{decision}/override", json=WISH)
    assert answered.status_code == 201, answered.json
    told = answered.json
    assert {name: told[name] for name in ("decision_id", "by", "role", "reason", "asked", "breaches")} == {
        "decision_id": decision,
        "by": "u-manager",
        "role": "manager",
        "reason": "long_relationship",
        "asked": {"price": 285_000, "prepayment": 3_000, "credit_days": None, "outcome": None},
        "breaches": [],
    }
    assert {change["name"]: (change["old"], change["new"]) for change in told["changes"]} == {
        **dict.fromkeys(("low", "target", "high"), (300000, 285000)),
        "prepayment": (5_000, 3_000),
        "prepayment_amount": (150_000, 85_500),
    }
    after = client.get(f"/decisions/{decision}")
    assert after.data == before.data
    assert "Quotewright-Overridden" not in before.headers
    assert after.headers["Quotewright-Overridden"] == "true"
    assert after.headers["Link"].startswith(f"</decisions/{decision}/overrides>;")
    assert client.get(f"/decisions/{decision}/overrides").json == {"decision_id": decision, "overrides": [told]}


def test_asked_again_it_is_the_same_and_others_stand_in_order(app: Flask, decision: str) -> None:
    ann = signed_in(app, ANN)
    first = post(ann, decision, price=290_000)
    again = post(ann, decision, price=290_000)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    second = post(signed_in(app, OLE), decision, price=280_000)
    listed = ann.get(f"/decisions/{decision}/overrides").json["overrides"]
    assert listed == [first.json, second.json]


def test_beyond_the_limits_everything_is_told_with_who_could(app: Flask, decision: str) -> None:
    refused = post(signed_in(app, ANN), decision, price=100_000, credit_days=14)
    assert (refused.status_code, refused.json["code"]) == (403, "beyond-authority")
    assert [(f["pointer"], f["code"], f["fix"]) for f in refused.json["findings"]] == [
        ("/price", "beyond-limit", "Ask finance."),
        ("/credit_days", "beyond-limit", "Ask finance."),
        ("", "guardrail-breached", "Ask finance."),
    ]
    assert "to 2,700.00 EUR" in refused.json["findings"][0]["message"]
    assert refused.json["findings"][2]["message"] == "never-below-floor: A price below the floor 1,200.00 EUR."
    recorded = post(signed_in(app, OLE), decision, price=100_000, credit_days=14)
    assert recorded.status_code == 201
    assert recorded.json["breaches"] == [
        {"guardrail": "never-below-floor", "practice": "P1", "why": "A price below the floor 1,200.00 EUR"}
    ]


def test_a_version_that_is_no_longer_in_force_says_how_far(
    app: Flask, governed: Path, database: Path, decision: str
) -> None:
    """The limits are those of the book that decided, and its guardrails too."""
    (governed / "governance.yaml").write_text(GOVERNANCE.replace('"10 %"', '"50 %"'))
    parameters = governed / "parameters.yaml"
    parameters.write_text(parameters.read_text().replace('{2026-01-01: "20 %"}}', '{2026-01-01: "199 %"}}', 1))
    later = signed_in(service(governed, database), ANN)
    assert post(later, decision, price=269_999).json["code"] == "beyond-authority"
    assert post(later, decision, price=270_000).status_code == 201


def test_findings_in_the_body(app: Flask, decision: str) -> None:
    ann = signed_in(app, ANN)
    refused = post(ann, decision, reason=7, price="2850.00", credit_days=366, outcome="held", prize=1)
    assert [(f["pointer"], f["code"]) for f in refused.json["findings"]] == [
        ("/credit_days", "out-of-range"),
        ("/outcome", "not-a-choice"),
        ("/price", "wrong-type"),
        ("/prize", "unknown-field"),
        ("/reason", "wrong-type"),
    ]
    assert post(ann, decision, reason="mood", price=1).json["findings"][0]["code"] == "not-a-choice"
    assert post(ann, decision).json["findings"][0]["code"] == "nothing-overridden"
    twice = ann.post(
        f"/decisions/{decision}/override", data=b'{"note": "a", "note": "b"}', content_type="application/json"
    )
    assert [(f["pointer"], f["code"]) for f in twice.json["findings"]] == [
        ("/note", "duplicate-key"), ("/reason", "missing-field"),
    ]  # fmt: skip
    assert ann.get(f"/decisions/{decision}/overrides").json["overrides"] == []


def test_the_page_shows_the_documented_examples(root: Path) -> None:
    blocks = re.findall(r"^```json\n(.*?)^```$", (root / "docs" / "overrides.md").read_text(), re.MULTILINE | re.DOTALL)
    assert [json.loads(block) for block in blocks] == [WISH, ENDING]


@pytest.mark.parametrize("code", OF_AN_OVERRIDE)
def test_the_mistakes_of_the_reference_get_their_codes(app: Flask, decision: str, code: str) -> None:
    pointer, value = OF_AN_OVERRIDE[code]
    refused = post(signed_in(app, ANN), decision, **{pointer[1:]: json.loads(value)})
    assert code in {finding["code"] for finding in refused.json["findings"]}


def test_a_decision_that_is_none(app: Flask) -> None:
    client = signed_in(app, OLE)
    for answered in (
        post(client, NOBODY_S, price=1),
        client.get(f"/decisions/{NOBODY_S}/overrides"),
        client.post(f"/decisions/{NOBODY_S}/outcome", json={**ENDING}),
        client.get(f"/decisions/{NOBODY_S}/outcome"),
    ):
        assert (answered.status_code, answered.json["code"]) == (404, "no-such-decision")


def test_a_quoter_may_look_and_somebody_must_answer_for_it(app: Flask, decision: str) -> None:
    assert post(app.test_client(), decision, price=290_000).json["code"] == "sign-in-off"
    kai = signed_in(app, KAI)
    assert post(kai, decision, price=290_000).status_code == 403
    assert kai.get(f"/decisions/{decision}/overrides").json["overrides"] == []


def test_answers_are_as_documented(app: Flask, decision: str) -> None:
    client = signed_in(app, OLE)
    document = client.get("/openapi.json").json
    post(client, decision, price=100_000)
    client.post(f"/decisions/{decision}/outcome", json=ENDING)
    for name, path in (("OverrideList", "overrides"), ("OutcomeHistory", "outcome")):
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document})
        answered = client.get(f"/decisions/{decision}/{path}").json
        assert [error.message for error in validator.iter_errors(answered)] == []
    for path, sample in (("override", WISH), ("outcome", ENDING)):
        documented = document["paths"][f"/decisions/{{decision_id}}/{path}"]["post"]
        content = documented["requestBody"]["content"]["application/json"]
        assert content["example"] == sample
        validator = Draft202012Validator({**content["schema"], "components": document["components"]})
        assert [error.message for error in validator.iter_errors(sample)] == []
        assert {"200", "201", "404", "422"} <= set(documented["responses"])
