"""/me, /users and /tokens over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from service.api.services import EXTENSION
from service.domain.people import SYSTEM, Role
from service.people import administration
from service.people.administration import Issued, Wanted
from service.people.chance import drawn
from service.policy.loader import read_folder

from .conftest import NOW, service

TINY = Path(__file__).parent.parent / "books" / "tiny"
PASSWORD = "seven small grey stones"


class Person:
    def __init__(self, app: Flask, name: str, role: Role) -> None:
        at = app.extensions[EXTENSION]
        self.id = f"id-of-{name}"
        hashed = at.passwords.hashed(PASSWORD)
        administration.add_user(at.people, name, role, hashed, self.id, SYSTEM, NOW)
        earlier = NOW - timedelta(minutes=1)  # of two of one moment, chance would say which is listed first
        made = administration.create_token(at.people, self.id, Wanted(label="first"), SYSTEM, drawn(), earlier)
        assert isinstance(made, Issued)
        self.token = made
        self.client: FlaskClient = app.test_client()

    def __call__(self, method: str, path: str, **body: Any) -> TestResponse:
        sent = {"json": body} if method in ("POST", "PATCH") else {}
        return self.client.open(path, method=method, headers={"Authorization": f"Bearer {self.token.text}"}, **sent)


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    return service(book, database, sign_in=True)


@pytest.fixture
def boss(app: Flask) -> Person:
    return Person(app, "boss", Role.ADMIN)


@pytest.fixture
def ann(app: Flask) -> Person:
    return Person(app, "ann", Role.MANAGER)


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_me(ann: Person) -> None:
    assert ann("GET", "/me").json == {"id": ann.id, "name": "ann", "role": "manager", "signed_in": True}


def test_a_user_from_first_to_last(boss: Person) -> None:
    added = boss("POST", "/users", name="Bob", role="quoter", password="a kettle on the roof").json
    assert (added["name"], added["role"], added["created_by"]) == ("bob", "quoter", boss.id)
    assert (added["signs_in"], added["created_at"]) == ("password", "2026-03-02T10:00:00Z")
    path = f"/users/{added['id']}"
    made = boss("POST", f"{path}/tokens", label="tool", days=30).json
    assert made["token"].startswith(f"qw_{made['id']}_")
    assert (made["role"], made["expires_at"]) == ("quoter", "2026-04-01T10:00:00Z")
    bob = {"Authorization": f"Bearer {made['token']}"}
    assert boss.client.get("/me", headers=bob).json["name"] == "bob"
    (kept,) = boss("GET", f"{path}/tokens").json
    assert "token" not in kept
    assert (kept["label"], kept["last_used_at"]) == ("tool", "2026-03-02T10:00:00Z")
    assert boss("PATCH", path, role="manager").json["role"] == "manager"
    assert boss("PATCH", path, disabled=True).json["disabled_at"] == "2026-03-02T10:00:00Z"
    assert boss("GET", f"{path}/tokens").json[0]["revoked_at"] == "2026-03-02T10:00:00Z"
    assert told(boss("POST", f"{path}/tokens", label="x")) == (409, "user-disabled")
    assert boss("PATCH", path, disabled=False).json["disabled_at"] is None
    assert [user["name"] for user in boss("GET", "/users").json] == ["bob", "boss"]


def test_what_is_refused(boss: Person, ann: Person) -> None:
    assert told(boss("POST", "/users", name="ann", role="quoter")) == (409, "name-taken")
    assert told(boss("POST", "/users", name="an n", role="quoter")) == (422, "bad-name")
    assert told(boss("POST", "/users", name="bob", role="quoter", password="bob")) == (422, "weak-password")
    assert told(boss("PATCH", "/users/nobody", role="quoter")) == (404, "no-such-user")
    assert told(boss("PATCH", f"/users/{boss.id}", role="finance")) == (409, "last-admin")
    assert told(boss("PATCH", f"/users/{boss.id}", disabled=True)) == (409, "last-admin")
    assert told(boss("GET", "/users/nobody/tokens")) == (404, "no-such-user")
    assert told(boss("DELETE", "/tokens/nothing")) == (404, "no-such-token")
    assert told(boss("POST", f"/users/{ann.id}/tokens", label="x", role="admin")) == (409, "role-above")
    assert told(ann("POST", "/users", name="bob", role="quoter")) == (403, "role-too-low")
    assert told(ann("GET", f"/users/{boss.id}/tokens")) == (403, "not-yours")
    assert told(ann("POST", f"/users/{boss.id}/tokens", label="x")) == (403, "not-yours")
    assert told(ann("DELETE", f"/tokens/{boss.token.token.id}")) == (404, "no-such-token")


@pytest.mark.parametrize(
    ("method", "path", "body", "findings"),
    [
        ("POST", "/users", {}, {"/name": "missing-field", "/role": "missing-field"}),
        ("POST", "/users", {"name": "x", "role": "boss"}, {"/role": "not-a-choice"}),
        ("POST", "/users", {"name": "x", "role": "quoter", "pasword": "?"}, {"/pasword": "unknown-field"}),
        ("PATCH", "/users/x", {}, {"": "missing-field"}),
        ("PATCH", "/users/x", {"disabled": "yes"}, {"/disabled": "wrong-type"}),
        ("POST", "/users/x/tokens", {"label": "x", "days": 366}, {"/days": "out-of-range"}),
        ("POST", "/users/x/tokens", {"label": " "}, {"/label": "blank-text"}),
        ("POST", "/me/password", {"current_password": 7}, {
            "/current_password": "wrong-type", "/new_password": "missing-field",
        }),
    ],
)  # fmt: skip
def test_bodies_are_refused_with_every_finding(
    boss: Person, method: str, path: str, body: dict[str, Any], findings: dict[str, str]
) -> None:
    answer = boss(method, path, **body)
    assert told(answer) == (422, "invalid-request")
    assert {finding["pointer"]: finding["code"] for finding in answer.json["findings"]} == findings


def test_ones_own_tokens(ann: Person) -> None:
    made = ann("POST", f"/users/{ann.id}/tokens", label="laptop", role="quoter")
    assert made.headers["Cache-Control"] == "no-store"
    assert [token["label"] for token in ann("GET", f"/users/{ann.id}/tokens").json] == ["first", "laptop"]
    weak = {"Authorization": f"Bearer {made.json['token']}"}
    more = ann.client.post(f"/users/{ann.id}/tokens", headers=weak, json={"label": "x", "role": "manager"})
    assert told(more) == (409, "role-above")
    assert ann("DELETE", f"/tokens/{made.json['id']}").json["revoked_at"] == "2026-03-02T10:00:00Z"


def test_ones_own_password(ann: Person) -> None:
    new = "a kettle on the roof"
    assert told(ann("POST", "/me/password", current_password="wrong", new_password=new)) == (403, "wrong-password")
    weak = ann("POST", "/me/password", current_password=PASSWORD, new_password="ann")
    assert told(weak) == (422, "weak-password")
    changed = ann("POST", "/me/password", current_password=PASSWORD, new_password=new)
    assert (changed.status_code, changed.json["name"]) == (200, "ann")
    assert told(ann("POST", "/me/password", current_password=PASSWORD, new_password=new)) == (403, "wrong-password")


def test_guessing_the_current_password_locks_it(ann: Person) -> None:
    for _ in range(5):
        ann("POST", "/me/password", current_password="wrong", new_password="a kettle on the roof")
    right = ann("POST", "/me/password", current_password=PASSWORD, new_password="a kettle on the roof")
    assert told(right) == (403, "wrong-password")


def test_answers_and_examples_are_as_documented(boss: Person) -> None:
    document = boss.client.get("/openapi.json").json
    example = {}
    for path, method in (("/users", "post"), ("/users/{user_id}", "patch"), ("/users/{user_id}/tokens", "post")):
        content = document["paths"][path][method]["requestBody"]["content"]["application/json"]
        assert content["schema"]["$ref"].startswith("#/components/schemas/")
        example[path] = content["example"]
    user = boss("POST", "/users", **example["/users"]).json
    made = boss("POST", f"/users/{user['id']}/tokens", **example["/users/{user_id}/tokens"])
    changed = boss("PATCH", f"/users/{user['id']}", **example["/users/{user_id}"])
    assert (made.status_code, changed.status_code) == (200, 200)
    for name, value in (("User", changed.json), ("IssuedToken", made.json), ("Caller", boss("GET", "/me").json)):
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document})
        assert [error.message for error in validator.iter_errors(value)] == []
        assert set(value) == set(document["components"]["schemas"][name]["properties"])


def test_whoever_took_a_step_is_named(boss: Person, ann: Person, body: dict[str, Any]) -> None:
    """An auditor isn't an admin, who alone may list the users."""
    files = {name: raw.decode() for name, raw in read_folder(TINY).items()}
    files["terms.yaml"] = files["terms.yaml"].replace("Small jobs are prepaid", "A small job is prepaid")
    drafted = ann("POST", "/policies", files=files, note="words").json
    assert (drafted["author"], drafted["author_name"]) == (ann.id, "ann")
    assert [(step["by"], step["by_name"]) for step in drafted["steps"]] == [(ann.id, "ann")]
    listed = ann("GET", "/policies").json["versions"]
    assert [one["author_name"] for one in listed] == ["ann", "system"]
    decision = ann("POST", "/evaluate", **body).json["decision_id"]
    told = boss("POST", f"/decisions/{decision}/outcome", result="lost", happened_on="2026-03-02").json
    assert (told["by"], told["by_name"]) == (boss.id, "boss")
    assert ann("GET", f"/decisions/{decision}/outcome").json["latest"]["by_name"] == "boss"
