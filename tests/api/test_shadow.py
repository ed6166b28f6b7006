"""A candidate in the shadow: tried on what is answered, never answered itself, and told of in one report."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from flask import Flask

from service.api import shadowing
from service.api.services import EXTENSION, Services
from service.api.shadowing import WAITING, Shadow
from service.matching.engine import EngineFault
from service.policy.loader import read_folder

from .asking import Person, signed_in
from .conftest import service


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    return signed_in(service(book, database))


@pytest.fixture
def ann(app: Flask) -> Person:
    return Person(app, "ann")


@pytest.fixture
def dearer(ann: Person, book: Path) -> str:
    """A version whose floor is cost and 220 %: of the body's cost of 1,000.00 that is 3,200.00."""
    files = {name: raw.decode() for name, raw in read_folder(book).items()}
    files["parameters.yaml"] = files["parameters.yaml"].replace('{2026-01-01: "20 %"}}', '{2026-01-01: "220 %"}}', 1)
    version: str = ann.post("/policies", files=files, note="dearer").json["version"]
    return version


def shadow_of(app: Flask) -> Shadow:
    at: Services = app.extensions[EXTENSION]
    shadow: Shadow = at.recorder._offer.__self__  # type: ignore[attr-defined]
    return shadow


def decided(person: Person, body: dict[str, Any], **client: Any) -> dict[str, Any]:
    answer = person.post("/evaluate", **{**body, "client": {**body["client"], **client}})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json
    return told


def test_a_candidate_is_tried_and_never_answered(app: Flask, ann: Person, dearer: str, body: dict[str, Any]) -> None:
    shadow = shadow_of(app)
    before = decided(ann, body)  # before the run: not tried
    run = ann.post(f"/policies/{dearer}/shadow", note="floor").json
    shadow.look()
    answers = [decided(ann, body) for _ in range(3)]
    shadow.work(0.1)
    assert {answer["price"]["target"] for answer in (before, *answers)} == {300_000}
    report = ann.get(f"/shadow/{run['id']}").json
    assert (report["tried"], report["differing"]) == (3, 3)
    assert report["outcomes"] == [{"released": "quote", "candidate": "quote", "count": 3}]
    assert report["money"] == [
        {"currency": "EUR", "priced": 3, "released": 900_000, "candidate": 960_000, "difference": 60_000}
    ]
    assert [ann.get(f"/decisions/{answer['decision_id']}").json for answer in answers] == answers


def test_what_differs_in_nothing_is_counted_as_the_same(
    app: Flask, ann: Person, book: Path, body: dict[str, Any]
) -> None:
    files = {name: raw.decode() for name, raw in read_folder(book).items()}
    files["terms.yaml"] = files["terms.yaml"].replace("Small jobs are prepaid", "A small job is prepaid")
    same = ann.post("/policies", files=files, note="words").json["version"]
    run = ann.post(f"/policies/{same}/shadow").json
    shadow_of(app).look()
    decided(ann, body)
    shadow_of(app).work(0.1)
    report = ann.get(f"/shadow/{run['id']}").json
    assert (report["tried"], report["differing"], report["rules"]) == (1, 0, [])


def test_a_request_that_the_candidate_refuses(app: Flask, ann: Person, book: Path, body: dict[str, Any]) -> None:
    files = {name: raw.decode() for name, raw in read_folder(book).items()}
    files["facts.yaml"] = files["facts.yaml"].replace("extra.charity", "extra.church")
    files = {name: text.replace("extra.charity", "extra.church") for name, text in files.items()}
    other = ann.post("/policies", files=files, note="another fact").json["version"]
    run = ann.post(f"/policies/{other}/shadow").json
    shadow_of(app).look()
    assert ann.post("/evaluate", **body, extra={"charity": True}).status_code == 200
    shadow_of(app).work(0.1)
    report = ann.get(f"/shadow/{run['id']}").json
    assert report["outcomes"] == [{"released": "quote", "candidate": "refused", "count": 1}]
    assert (report["differing"], report["money"]) == (1, [])


def test_a_batch_is_tried_too_and_a_repetition_is_not(
    app: Flask, ann: Person, dearer: str, body: dict[str, Any]
) -> None:
    run = ann.post(f"/policies/{dearer}/shadow").json
    shadow_of(app).look()
    client = app.test_client()
    lines = "\n".join([json.dumps(body)] * 4)
    headers = {"Content-Type": "application/x-ndjson", "Test-Caller": "ann", "Idempotency-Key": "k"}
    for _ in range(2):
        assert client.post("/evaluate/batch", data=lines, headers=headers).status_code == 200
    shadow_of(app).work(0.1)
    assert ann.get(f"/shadow/{run['id']}").json["tried"] == 4


def test_a_full_queue_holds_nobody_up(app: Flask, ann: Person, dearer: str, body: dict[str, Any]) -> None:
    ann.post(f"/policies/{dearer}/shadow")
    shadow = shadow_of(app)
    shadow.look()
    made = None
    original = shadow.offer

    def keeping(one: Any) -> None:
        nonlocal made
        made = one
        original(one)

    app.extensions[EXTENSION].recorder._offer = keeping
    decided(ann, body)
    for _ in range(WAITING + 10):
        original(made)  # type: ignore[arg-type]
    text = ann.get("/metrics").get_data(as_text=True)
    assert 'quotewright_shadow_trials_total{result="left_out"} 11.0' in text


def test_one_run_at_a_time_and_an_end(app: Flask, ann: Person, dearer: str, body: dict[str, Any]) -> None:
    run = ann.post(f"/policies/{dearer}/shadow", share=2_500).json
    assert (run["share"], run["started_by"], run["ended_at"]) == (2_500, "u-ann", None)
    again = ann.post(f"/policies/{dearer}/shadow")
    assert (again.status_code, again.json["code"]) == (409, "run-under-way")
    ended = ann.post(f"/shadow/{run['id']}/end")
    assert (ended.status_code, ended.json["ended_by"]) == (200, "u-ann")
    assert ann.post(f"/shadow/{run['id']}/end").json["code"] == "run-ended"
    assert [one["id"] for one in ann.get("/shadow").json["runs"]] == [run["id"]]
    shadow_of(app).look()
    decided(ann, body)
    shadow_of(app).work(0.01)
    assert ann.get(f"/shadow/{run['id']}").json["tried"] == 0


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/policies/sha256:0/shadow", {}, 404, "no-such-version"),
        ("/shadow/nothing/end", {}, 404, "no-such-run"),
        ("/policies/{}/shadow", {"share": 0}, 422, "invalid-request"),
        ("/policies/{}/shadow", {"share": 10_001}, 422, "invalid-request"),
        ("/policies/{}/shadow", {"shares": 1}, 422, "invalid-request"),
    ],
)
def test_what_is_refused(ann: Person, dearer: str, path: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = ann.post(path.format(dearer), **body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ann.get("/shadow/nothing").status_code == 404


def test_the_thread_rests_three_times_as_long_as_all_its_work(
    app: Flask, ann: Person, dearer: str, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.post(f"/policies/{dearer}/shadow")
    shadow, rests = shadow_of(app), []
    shadow.look()
    for _ in range(30):
        decided(ann, body)
    monkeypatch.setattr(shadowing, "sleep", rests.append)
    monkeypatch.setattr(shadowing, "A_SPELL", 60)
    begun = perf_counter()
    shadow.work(0.1)
    (rest,) = rests
    worked = perf_counter() - begun
    assert 2 * worked < rest <= 3 * worked


def test_a_slow_candidate_is_put_down_after_a_spell(
    app: Flask, ann: Person, dearer: str, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the end of the run would be noticed only after a hundred of its trials."""
    run = ann.post(f"/policies/{dearer}/shadow").json
    shadow = shadow_of(app)
    shadow.look()
    for _ in range(3):
        decided(ann, body)
    monkeypatch.setattr(shadowing, "A_SPELL", 0)
    shadow.work(0.1)
    assert ann.get(f"/shadow/{run['id']}").json["tried"] == 1


def test_a_fault_of_the_engine_ends_one_trial_and_not_the_thread(
    app: Flask, ann: Person, dearer: str, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise EngineFault("r0", "no memory")

    run = ann.post(f"/policies/{dearer}/shadow").json
    shadow = shadow_of(app)
    shadow.look()
    decided(ann, body)
    with monkeypatch.context() as once:
        once.setattr(shadowing, "evaluate", failing)
        shadow.work(0.1)
    decided(ann, body)
    shadow.work(0.1)
    assert ann.get(f"/shadow/{run['id']}").json["tried"] == 1
    assert 'quotewright_shadow_trials_total{result="failed"} 1.0' in ann.get("/metrics").get_data(as_text=True)


def test_nobody_begins_or_ends_a_trial_while_sign_in_is_off(book: Path, database: Path) -> None:
    client = service(book, database).test_client()
    version = client.get("/policies").json["versions"][0]["version"]
    for path in (f"/policies/{version}/shadow", "/shadow/x/end"):
        answer = client.post(path, json={})
        assert (answer.status_code, answer.json["code"]) == (403, "sign-in-off")
