"""How a process keeps up with releases made elsewhere, and what it does when it can't."""

from __future__ import annotations

import gc
import json
import sqlite3
import time
import weakref
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from schemas.decision import dump_decision
from schemas.request import read_request
from schemas.vocabulary import facts_of
from service import opened_versions
from service.api import policy_in_force
from service.api.policy_source import NoPolicy
from service.api.services import EXTENSION
from service.domain.people import Caller, Role
from service.evaluation import evaluate
from service.governance import drafting, releasing, reviewing
from service.governance.recorded import files_of
from service.governance.standing import Governing
from service.ledger import Database, Ledger, PolicyRegister, migrate
from service.opening import opened
from service.policy.loader import read_folder

from .conftest import NOW, service

ANN, FIONA = Caller("u-ann", "Ann", Role.MANAGER), Caller("u-fiona", "Fiona", Role.FINANCE)
Release = Callable[..., str]


@pytest.fixture
def elsewhere(database: Path) -> Governing:
    """Another machine on the same database."""
    return Governing(PolicyRegister(Database(f"sqlite:///{database}")), lambda: NOW)


@pytest.fixture
def release(elsewhere: Governing, book: Path) -> Release:
    """Takes the book with another credit limit all the way."""
    files = read_folder(book)

    def through(limit: str, days: int = 0) -> str:
        changed = {name: raw.replace(b'"500.00"', f'"{limit}"'.encode()) for name, raw in files.items()}
        version = drafting.draft(elsewhere, changed, ANN, "why").version
        drafting.check(elsewhere, version, ANN)
        reviewing.submit(elsewhere, version, ANN, "")
        reviewing.approve(elsewhere, version, FIONA, "")
        releasing.release(elsewhere, version, FIONA, "", NOW.date() + timedelta(days=days))
        return version

    return through


def decided(app: Flask, body: dict[str, Any]) -> str:
    answer = app.test_client().post("/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    version: str = answer.json["policy"]["version"]
    return version


def policy_of(app: Flask) -> policy_in_force.PolicyInForce:
    policy: policy_in_force.PolicyInForce = app.extensions[EXTENSION].policy
    return policy


def test_a_release_made_elsewhere_is_followed(app: Flask, release: Release, body: dict[str, Any]) -> None:
    before = decided(app, body)
    version = release("400.00")
    assert decided(app, body) == before
    assert policy_of(app).poll() is True
    assert decided(app, body) == version
    assert policy_of(app).poll() is False


def test_old_knowledge_decides_nothing(
    book: Path, database: Path, release: Release, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the thread that polls is held up, the request itself asks."""
    monkeypatch.setattr(policy_in_force, "FRESH_SECONDS", 3_600.0)
    app = service(book, database, policy_poll_seconds=3_600)
    before = decided(app, body)
    version = release("400.00")
    assert decided(app, body) == before
    monkeypatch.setattr(policy_in_force, "FRESH_SECONDS", 0.0)
    assert decided(app, body) == version


def test_without_a_database_it_decides_on_what_it_knows_for_two_seconds_and_then_not(
    book: Path, database: Path, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_in_force, "FRESH_SECONDS", 3_600.0)
    app = service(book, database, policy_poll_seconds=3_600)
    database.rename(database.with_suffix(".away"))
    assert app.test_client().post("/preview", json={"request": body}).status_code == 200
    assert app.test_client().post("/evaluate", json=body).status_code == 503
    monkeypatch.setattr(policy_in_force, "FRESH_SECONDS", 0.0)
    for path, sent in (("/preview", {"request": body}), ("/evaluate", body)):
        answer = app.test_client().post(path, json=sent)
        assert (answer.status_code, answer.json["code"]) == (503, "ledger-unavailable")
    assert app.test_client().get("/readyz").json["code"] == "not-ready"
    database.with_suffix(".away").rename(database)
    assert app.test_client().post("/evaluate", json=body).status_code == 200
    assert app.test_client().get("/readyz").status_code == 200


def test_a_worker_that_starts_while_the_database_is_away(book: Path, tmp_path: Path, body: dict[str, Any]) -> None:
    """It must not end the service: its fellows may be fine again in a moment."""
    app = service(book, tmp_path / "later.db")
    assert app.test_client().post("/evaluate", json=body).status_code == 503
    migrate(f"sqlite:///{tmp_path / 'later.db'}")
    assert policy_of(app).poll() is True
    assert app.test_client().post("/evaluate", json=body).status_code == 200


def spoil(database: Path, version: str, content: str = "CAST(content || ' ' AS BLOB)") -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(f"UPDATE policy_versions SET content = {content} WHERE version = ?", (version,))


@pytest.mark.parametrize("content", ["CAST(content || ' ' AS BLOB)", "'{}'", "x''"])
def test_a_version_that_was_tampered_with_never_replaces_the_running_one(
    app: Flask,
    book: Path,
    database: Path,
    release: Release,
    body: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    content: str,
) -> None:
    before = decided(app, body)
    version = release("400.00")
    spoil(database, version, content)
    assert policy_of(app).poll() is False
    logged = capfd.readouterr().err
    assert "policy version unusable" in logged
    assert version in logged
    assert decided(app, body) == before
    metrics = app.test_client().get("/metrics").text
    assert 'quotewright_policy_reloads_total{result="unusable"} 1.0' in metrics
    assert decided(service(book, database), body) == before, "for a worker that starts anew too"
    later = release("300.00")
    assert policy_of(app).poll() is True
    assert decided(app, body) == later


def test_a_past_day_isn_t_decided_by_another_version_than_its_own(
    book: Path, database: Path, release: Release, body: dict[str, Any]
) -> None:
    service(book, database)
    past = release("400.00", days=-20)
    release("300.00")
    spoil(database, past)
    app = service(book, database)
    assert app.test_client().post("/evaluate", json=body).status_code == 200
    answer = app.test_client().post("/evaluate", json={**body, "as_of": "2026-02-20"})
    assert (answer.status_code, answer.json["code"]) == (503, "policy-unusable")


def test_versions_are_let_go_and_freed(
    app: Flask, release: Release, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_versions, "MOST_OPENED", 2)
    first = weakref.ref(policy_of(app).current.policy)
    for limit in ("400.00", "300.00", "200.00"):
        version = release(limit)
        assert policy_of(app).poll() is True
        assert decided(app, body) == version
    gc.collect()
    assert first() is None
    assert decided(app, {**body, "as_of": "2026-03-01"}) != version, "and opened again when it is asked for"


def test_what_is_approved_is_opened_ahead(
    book: Path, database: Path, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = service(book, database, policy_poll_seconds=0.05)
    version = release("400.00", days=10)
    for _ in range(200):
        if version in policy_of(app).opened._kept:
            return
        time.sleep(0.05)
    pytest.fail("it was not opened")


class TestLedgerAsSource:
    def test_nothing_released(self, book: Path, database: Path) -> None:
        with pytest.raises(NoPolicy, match="quotewright policy import FOLDER"):
            service(book, database, policy_source="ledger")

    def test_the_folder_isn_t_looked_at(
        self, book: Path, database: Path, release: Release, body: dict[str, Any]
    ) -> None:
        service(book, database)
        version = release("400.00")
        (book / "book.yaml").unlink()
        app = service(book, database, policy_source="ledger")
        assert decided(app, body) == version
        assert policy_of(app).poll() is False

    def test_a_day_before_the_first_release(
        self, book: Path, database: Path, release: Release, body: dict[str, Any]
    ) -> None:
        release("400.00")
        app = service(book, database, policy_source="ledger")
        assert app.test_client().post("/evaluate", json=body).status_code == 200
        answer = app.test_client().post("/evaluate", json={**body, "as_of": "2026-03-01"})
        (finding,) = answer.json["findings"]
        assert (answer.status_code, finding["pointer"], finding["code"]) == (422, "/as_of", "nothing-in-force")

    def test_several_books(self, book: Path, database: Path, root: Path, body: dict[str, Any]) -> None:
        service(book, database)
        text = (book / "book.yaml").read_text()
        (book / "book.yaml").write_text(text.replace("name: tiny", "name: other"))
        service(book, database)
        with pytest.raises(NoPolicy, match="POLICY_NAME to one of other, tiny"):
            service(book, database, policy_source="ledger")
        for name in ("other", "tiny"):
            app = service(book, database, policy_source="ledger", policy_name=name)
            assert app.test_client().post("/evaluate", json=body).json["policy"]["book"] == name
        with pytest.raises(policy_in_force.NothingInForce, match="third"):
            service(book, database, policy_source="ledger", policy_name="third")


def test_a_book_of_another_name_in_the_folder(app: Flask, book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = (book / "book.yaml").read_text()
    (book / "book.yaml").write_text(text.replace("name: tiny", "name: other"))
    assert policy_of(app).poll() is False
    assert "other-book" in capfd.readouterr().err


def test_an_old_decision_replays_to_the_byte(
    book: Path, database: Path, release: Release, body: dict[str, Any]
) -> None:
    """After ten releases and a restart, by what the ledger alone holds."""
    made = service(book, database).test_client().post("/evaluate", json=body)
    for number in range(10):
        release(f"40{number}.00")
    app = service(book, database)
    assert decided(app, body) != made.json["policy"]["version"]
    ledger = Ledger(f"sqlite:///{database}")
    entry = ledger.find(made.json["decision_id"]).entry
    again = opened(files_of(ledger.content(entry.version)), NOW.date())
    assert again.policy.book.version == entry.version
    request = read_request(json.loads(entry.request), entry.recorded_at, again.checks)
    facts = facts_of(request, again.policy.book.extra_facts)
    decision = evaluate(again.policy, request, facts, entry.id, entry.recorded_at)
    assert dump_decision(decision) == entry.answer
    assert made.data.startswith(entry.answer[:-1] + b',"receipt":{')
