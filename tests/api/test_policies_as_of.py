"""Which version decides on which day, as known at which moment, by HTTP."""

# ruff: noqa: F811 - fixtures are imported, and named again as arguments
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from .asking import Person, signed_in
from .conftest import NOW, service
from .test_policies import ann, approved, files, fiona, limited  # noqa: F401


class TestAsOf:
    """The first version holds from the beginning; 400.00 is released on 3 March, from 2 March on; 300.00 from April."""

    @pytest.fixture
    def clock(self) -> list[datetime]:
        return [NOW]

    @pytest.fixture
    def app(self, book: Path, database: Path, clock: list[datetime]) -> Flask:
        return signed_in(service(book, database, now=lambda: clock[0]))

    @pytest.fixture
    def released(
        self, ann: Person, fiona: Person, files: dict[str, str], clock: list[datetime]
    ) -> tuple[str, str, str]:
        first = ann.get("/policies/in-force").json["version"]
        second, third = (approved(ann, fiona, limited(files, limit)) for limit in ("400.00", "300.00"))
        clock[0] = NOW + timedelta(days=1)
        assert fiona.post(f"/policies/{second}/release", effective_from="2026-03-02").status_code == 200
        clock[0] = NOW + timedelta(days=2)
        assert fiona.post(f"/policies/{third}/release", effective_from="2026-04-01").status_code == 200
        return first, second, third

    @pytest.mark.parametrize(
        ("as_of", "known_at", "which"),
        [
            ("2026-03-01", None, 0),
            ("2026-03-02", None, 1),
            (None, None, 1),
            ("2026-03-31", None, 1),
            ("2026-04-01", None, 2),
            ("2026-03-02", "2026-03-02T10:00:00Z", 0),
            ("2026-03-02", "2026-03-03T10:00:00Z", 1),
            ("2026-03-02", "2026-03-03T11:59:59+02:00", 0),
            ("2026-04-01", "2026-03-03T10:00:00Z", 1),
            ("2026-04-01", "2026-03-04T10:00:00Z", 2),
        ],
    )
    def test_the_version_in_force_then_decides(
        self,
        app: Flask,
        body: dict[str, Any],
        released: tuple[str, str, str],
        as_of: str | None,
        known_at: str | None,
        which: int,
    ) -> None:
        asked = {name: value for name, value in body.items() if name not in ("as_of", "received_at")}
        asked |= {name: value for name, value in (("as_of", as_of), ("known_at", known_at)) if value}
        client = app.test_client()
        answer = client.post("/evaluate", json=asked)
        assert answer.json["policy"]["version"] == released[which], answer.json
        asserted = client.post("/evaluate", json={**asked, "policy_version": released[which]})
        assert asserted.status_code == 200
        other = client.post("/evaluate", json={**asked, "policy_version": released[which - 1]})
        assert [f["code"] for f in other.json["findings"]] == ["unknown-policy-version"]

    @pytest.mark.usefixtures("released")
    def test_before_anything_was_known(self, app: Flask, body: dict[str, Any]) -> None:
        answer = app.test_client().post("/evaluate", json={**body, "known_at": "2026-03-02T09:59:59Z"})
        assert {(f["pointer"], f["code"]) for f in answer.json["findings"]} == {("/known_at", "nothing-in-force")}

    @pytest.mark.usefixtures("released")
    def test_what_will_be_known_is_not(self, app: Flask, body: dict[str, Any]) -> None:
        answer = app.test_client().post("/evaluate", json={**body, "known_at": "2026-03-04T10:00:01Z"})
        assert {(f["pointer"], f["code"]) for f in answer.json["findings"]} == {("/known_at", "in-the-future")}

    def test_a_decision_already_made_stays(
        self, app: Flask, ann: Person, fiona: Person, files: dict[str, str], body: dict[str, Any]
    ) -> None:
        client = app.test_client()
        made = client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"})
        version = approved(ann, fiona, limited(files, "400.00"))
        assert fiona.post(f"/policies/{version}/release", effective_from="2020-01-01").status_code == 200
        assert client.get(f"/decisions/{made.json['decision_id']}").data == made.data
        assert client.post("/evaluate", json=body, headers={"Idempotency-Key": "k"}).data == made.data
        assert client.post("/evaluate", json=body).json["policy"]["version"] == version

    def test_a_scheduled_version_takes_over_when_its_day_comes(
        self, app: Flask, body: dict[str, Any], released: tuple[str, str, str], clock: list[datetime]
    ) -> None:
        asked = {name: value for name, value in body.items() if name not in ("as_of", "received_at")}
        client = app.test_client()
        clock[0] = datetime(2026, 3, 31, 20, 59, tzinfo=UTC)  # 23:59 in Tallinn
        assert client.post("/evaluate", json=asked).json["policy"]["version"] == released[1]
        clock[0] = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)
        assert client.post("/evaluate", json=asked).json["policy"]["version"] == released[2]

    def test_facts_are_those_of_the_version_that_decides(
        self, app: Flask, ann: Person, fiona: Person, files: dict[str, str], body: dict[str, Any]
    ) -> None:
        more = '\n  extra.school: {type: bool, default: false, meaning: "The client is a school."}\n'
        files["facts.yaml"] = files["facts.yaml"].rstrip() + more
        version = approved(ann, fiona, files)
        assert fiona.post(f"/policies/{version}/release", effective_from="2026-03-02").status_code == 200
        client = app.test_client()
        assert client.post("/evaluate", json={**body, "extra": {"school": True}}).status_code == 200
        earlier = client.post("/evaluate", json={**body, "as_of": "2026-03-01", "extra": {"school": True}})
        assert {(f["pointer"], f["code"]) for f in earlier.json["findings"]} == {("/extra/school", "unknown-fact")}
