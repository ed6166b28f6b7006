"""A database from before there were lives of versions, with decisions in it: taken up, and nothing of it changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.ledger import Ledger, migrate
from service.ledger.migrate import roll_back

from .asking import Person, signed_in
from .conftest import NOW, service


@pytest.fixture
def decided_before(book: Path, database: Path, body: dict[str, Any]) -> bytes:
    """A decision by the tiny book in a database at revision 0001."""
    answer = service(book, database).test_client().post("/evaluate", json=body, headers={"Idempotency-Key": "k"}).data
    roll_back(f"sqlite:///{database}", "0001")
    return answer


def test_it_goes_on_with_what_was_decided_before(
    book: Path, database: Path, body: dict[str, Any], decided_before: bytes
) -> None:
    old = json.loads(decided_before)
    parameters = book / "parameters.yaml"
    parameters.write_text(parameters.read_text().replace('"500.00"', '"400.00"'))
    migrate(f"sqlite:///{database}")
    app = signed_in(service(book, database))
    ann = Person(app, "ann")
    # The old tables know no salt, so what proves the decision is made anew; what was decided is not.
    again = ann.get(f"/decisions/{old['decision_id']}").data
    assert again.partition(b',"receipt":')[0] == decided_before.partition(b',"receipt":')[0]
    new = ann.post("/evaluate", **body).json
    assert new["policy"]["version"] != old["policy"]["version"]
    versions = ann.get("/policies").json["versions"]
    assert [(one["version"], one["author_name"]) for one in versions] == [(new["policy"]["version"], "system")]
    told = ann.post(f"/decisions/{old['decision_id']}/outcome", result="lost", happened_on="2026-03-02")
    assert told.status_code == 201
    tried = ann.post("/preview", request={**body, "policy_version": old["policy"]["version"]})
    assert tried.json["price"] == old["price"]


def test_the_version_that_decided_then_can_be_drafted_again(book: Path, database: Path, decided_before: bytes) -> None:
    migrate(f"sqlite:///{database}")
    version = json.loads(decided_before)["policy"]["version"]
    before = Ledger(f"sqlite:///{database}").content(version)
    ann = Person(signed_in(service(book, database)), "ann")
    (only,) = ann.get("/policies").json["versions"]
    assert (only["version"], only["state"], only["drafted_at"]) == (version, "released", NOW.isoformat()[:-6] + "Z")
    assert Ledger(f"sqlite:///{database}").content(version) == before
