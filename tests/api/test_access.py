"""What each address asks of its caller: every route of the application is walked."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from service.api.access import Need, need_of
from service.api.services import EXTENSION
from service.app import create_app
from service.domain.people import SYSTEM, Role
from service.people import administration
from service.people.administration import Issued, Wanted
from service.people.chance import drawn
from service.people.tokens import authenticated
from service.settings import Settings

from .conftest import NOW, service

OPEN = {
    "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/start.js", "/docs/<name>", "/pages.css",
    "/preview.js", "/print.css", "/sign-in", "/sign-in/oidc", "/sign-in/oidc/callback",
}  # fmt: skip
UNKNOWN = "qw_0123456789abcdef_" + "A" * 43
OIDC = {
    "oidc_issuer": "http://127.0.0.1:9",
    "oidc_client_id": "quotewright",
    "oidc_client_secret": "secret",
    "oidc_roles": (("boss", Role.ADMIN),),
    "public_url": "http://127.0.0.1:8000",
}


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    return service(book, database, sign_in=True, **OIDC)


@pytest.fixture
def token(app: Flask) -> Callable[..., str]:
    """A token of a new user with the role."""

    def made(role: Role, days: int = 90, now: datetime = NOW) -> str:
        people, drawing = app.extensions[EXTENSION].people, drawn()
        user = administration.add_user(people, f"u{drawing.id}", role, None, drawing.id, SYSTEM, now)
        issued = administration.create_token(people, user.id, Wanted(label="x", days=days), SYSTEM, drawn(), now)
        assert isinstance(issued, Issued)
        return issued.text

    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def routes(app: Flask) -> Iterator[tuple[str, str, Need]]:
    """Method, path with its parameters filled in, and what it needs; HEAD and OPTIONS follow their GET."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, filled(rule), need_of(app.view_functions[rule.endpoint])


def filled(rule: Rule) -> str:
    return re.sub(r"<[^>]+>", "nothing", rule.rule)


def test_what_is_open_is_listed_here(app: Flask) -> None:
    found = {
        rule.rule for rule in app.url_map.iter_rules() if need_of(app.view_functions[rule.endpoint]).role is None
    }  # fmt: skip
    assert found == OPEN


def test_every_route_refuses_the_roles_below_and_takes_the_one_it_needs(app: Flask, token: Callable[..., str]) -> None:
    client, tokens = app.test_client(), {role: token(role) for role in Role}
    walked = list(routes(app))
    assert len(walked) > 20
    for method, path, need in walked:
        bare = client.open(path, method=method)
        if need.role is None:
            assert bare.status_code not in (401, 429), path
            continue
        assert (bare.status_code, bare.json["code"]) == (401, "not-signed-in"), path
        assert bare.headers["WWW-Authenticate"].startswith("Bearer")
        for role, shown in tokens.items():
            answer = client.open(path, method=method, headers=bearer(shown))
            code = answer.json["code"] if answer.is_json and "code" in answer.json else ""
            if role.covers(need.role):
                assert answer.status_code != 401, path
                assert code != "role-too-low", path
            else:
                assert (answer.status_code, code) == (403, "role-too-low"), path
                assert f"the role {need.role}" in answer.json["detail"]


def test_a_route_that_states_no_need_keeps_the_service_from_starting(
    book: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.app.problems.register", lambda app: None)
    monkeypatch.setattr("service.app._routed", _with_a_forgotten_route)
    with pytest.raises(AttributeError, match="needed"):
        service(book, database)


def _with_a_forgotten_route(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "everything")
    app.add_url_rule("/openapi.json", "api-docs.openapi_json", lambda: "{}")


def test_the_document_states_the_role_of_every_operation(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").json
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    needs = {(method.lower(), path): need for method, path, need in routes(app)}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            need = needs[method, re.sub(r"{[^}]+}", "nothing", path)]
            assert operation["x-role"] == (need.role.value if need.role else None)
            assert operation["security"] == ([{"bearer": []}] if need.role else [])
            told = f"Needs the role `{need.role}`" if need.role else "Open to all"
            assert told in operation["description"]
            assert ("401" in operation["responses"]) == (need.role is not None)


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ("Bearer", "invalid-token"),
        ("Bearer x", "invalid-token"),
        (f"Bearer {UNKNOWN}", "invalid-token"),
        ("Basic YW5uOnBhc3N3b3Jk", "invalid-token"),
        ("", "invalid-token"),
        (UNKNOWN, "invalid-token"),
        ("Bearer caf\xe9", "invalid-token"),
    ],
)
def test_malformed_and_unknown_tokens(app: Flask, shown: str, code: str) -> None:
    answer = app.test_client().get("/me", headers={"Authorization": shown})
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="quotewright", error="invalid_token"'
    assert UNKNOWN not in answer.text


def test_expired_and_revoked_tokens(app: Flask, token: Callable[..., str]) -> None:
    client, people = app.test_client(), app.extensions[EXTENSION].people
    expired = token(Role.QUOTER, days=1, now=NOW - timedelta(days=1))
    assert client.get("/me", headers=bearer(expired)).json["code"] == "token-expired"
    revoked = token(Role.QUOTER)
    administration.revoke_token(people, revoked.split("_")[1], SYSTEM, NOW)
    answer = client.get("/me", headers=bearer(revoked))
    assert (answer.status_code, answer.json["code"]) == (401, "token-revoked")


def test_the_bearers_case_does_not_matter(app: Flask, token: Callable[..., str]) -> None:
    answer = app.test_client().get("/me", headers={"Authorization": f"bearer   {token(Role.MANAGER)}"})
    assert (answer.json["role"], answer.json["signed_in"]) == ("manager", True)


def test_known_and_unknown_ids_take_the_same_time(app: Flask, token: Callable[..., str]) -> None:
    people, text = app.extensions[EXTENSION].people, token(Role.QUOTER)
    wrong = text[:-4] + "AAAA"

    def seconds(shown: str) -> float:
        begun = time.perf_counter()
        authenticated(people, shown, NOW)
        return time.perf_counter() - begun

    seconds(wrong)
    taken = [(seconds(wrong), seconds(UNKNOWN)) for _ in range(200)]
    known, unknown = (statistics.median(column) for column in zip(*taken, strict=True))
    assert 0.5 < known / unknown < 2


def test_guessing_from_one_address_comes_to_an_end(book: Path, database: Path) -> None:
    app = service(book, database, sign_in=True)
    client = app.test_client()
    statuses = [client.get("/me", headers=bearer(UNKNOWN)).status_code for _ in range(62)]
    assert statuses == [401] * 60 + [429] * 2
    assert client.get("/me").status_code == 401


def test_a_callers_limit_is_its_own_wherever_it_asks_from(book: Path, database: Path) -> None:
    app = service(book, database, sign_in=True, rate_limit="3/minute")
    people = app.extensions[EXTENSION].people
    shown = []
    for name in ("ann", "bob"):
        user = administration.add_user(people, name, Role.QUOTER, None, f"id-{name}", SYSTEM, NOW)
        made = administration.create_token(people, user.id, Wanted(label="x"), SYSTEM, drawn(), NOW)
        assert isinstance(made, Issued)
        shown.append(bearer(made.text))
    client = app.test_client()
    assert [client.get("/me", headers=shown[0]).status_code for _ in range(4)] == [200] * 3 + [429]
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/me", headers=shown[0], environ_base=elsewhere).status_code == 429
    assert client.get("/me", headers=shown[1]).status_code == 200


def test_keys_and_records_are_the_callers_own(app: Flask, token: Callable[..., str], body: dict[str, object]) -> None:
    client, ledger = app.test_client(), app.extensions[EXTENSION].ledger
    key, made = {"Idempotency-Key": "one"}, []
    for _ in range(2):
        shown = bearer(token(Role.QUOTER))
        caller = client.get("/me", headers=shown).json["id"]
        answer = client.post("/evaluate", json=body, headers={**shown, **key})
        again = client.post("/evaluate", json=body, headers={**shown, **key})
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.json["decision_id"] == answer.json["decision_id"]
        assert ledger.find(answer.json["decision_id"]).entry.caller == caller
        made.append(answer.json["decision_id"])
        batch = {"data": json.dumps(body), "content_type": "application/x-ndjson"}
        lines = client.post("/evaluate/batch", headers=shown, **batch)
        batched = json.loads(lines.text)["decision"]["decision_id"]
        assert ledger.find(batched).entry.caller == caller
    assert made[0] != made[1]


def test_with_sign_in_off_everyone_may_look_and_nobody_may_answer_for(book: Path, database: Path) -> None:
    client = service(book, database).test_client()
    assert client.get("/me").json == {"id": "anonymous", "name": "anonymous", "role": "admin", "signed_in": False}
    assert client.get("/users").json == []
    refused = client.post("/users", json={"name": "ann", "role": "quoter"})
    assert (refused.status_code, refused.json["code"]) == (403, "sign-in-off")
    assert client.get("/sign-in").status_code == 404
    assert client.get("/me", headers=bearer(UNKNOWN)).status_code == 200


def test_the_key_of_cookies_is_asked_for_when_it_is_needed(book: Path, tmp_path: Path) -> None:
    """A worker starts while the database is away, and says so only to whoever needs it."""
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/later.db",
        policy_book=book,
        policy_poll_seconds=0,
        seal_seconds=0,
        sign_in=True,
    )
    app = create_app(settings, lambda: NOW)
    client: FlaskClient = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/me", headers=bearer(UNKNOWN)).status_code == 503
