"""People, tokens and sessions in the service as it runs: gunicorn with two workers, over real sockets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from .test_gunicorn import Running, Start, ready, start  # noqa: F401 - a fixture

PASSWORD = "seven small grey stones"
SESSION_KEY = "the key that signs the cookies, 3f9c"
CLIENT_SECRET = "the secret of the client, 77ab"
OIDC = {
    "OIDC_ISSUER": "http://127.0.0.1:9",
    "OIDC_CLIENT_ID": "quotewright",
    "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    "OIDC_ROLES": "bosses:admin",
    "PUBLIC_URL": "http://127.0.0.1:8000",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'people.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def boss(url: str, root: Path) -> str:
    """A token of the first admin."""
    command = [sys.executable, "-m", "service.cli", "init", "--name", "boss", "--password-stdin"]
    environment = os.environ | {"DATABASE_URL": url}
    made = subprocess.run(
        command, input=PASSWORD, cwd=root, env=environment, capture_output=True, text=True, check=True
    )  # fmt: skip
    return made.stdout.strip()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signed_in(running: Running, password: str = PASSWORD) -> httpx.Client:
    client = httpx.Client(base_url=running.address, timeout=30)
    client.post("/sign-in", data={"csrf_token": csrf(client, "/sign-in"), "name": "boss", "password": password})
    return client


def csrf(client: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, headers={"Accept": "text/html"}).text)
    assert found
    return found[1]


def test_a_token_and_a_session_hold_for_every_worker_until_they_end(start: Start, url: str, boss: str) -> None:  # noqa: F811
    def statuses(headers: dict[str, str], count: int = 16) -> set[int]:
        return {running.asked("GET", "/me", headers=headers).status_code for _ in range(count)}

    with start(SIGN_IN="on", DATABASE_URL=url) as running:
        ready(running)
        me = running.asked("GET", "/me", headers=bearer(boss)).json()
        assert (me["name"], me["role"]) == ("boss", "admin")
        path = f"/users/{me['id']}/tokens"
        made = running.asked("POST", path, headers=bearer(boss), json={"label": "x"}).json()
        assert statuses(bearer(made["token"])) == {200}
        running.asked("DELETE", f"/tokens/{made['id']}", headers=bearer(boss))
        time.sleep(1.0)
        assert statuses(bearer(made["token"])) == {401}
        client = signed_in(running)
        cookie = {"Cookie": f"quotewright={client.cookies['quotewright']}"}
        assert statuses(cookie) == {200}
        client.post("/sign-out", data={"csrf_token": csrf(client, "/account")})
        assert statuses(cookie) == {401}
        assert statuses({}) == {401}


def test_those_decided_together_are_each_recorded_as_its_own_callers(
    start: Start, url: str, boss: str, body: dict[str, Any]  # noqa: F811
) -> None:  # fmt: skip
    """Kept connections of two callers, asked at once; between them those of nobody and of a wrong body."""
    with start(SIGN_IN="on", DATABASE_URL=url) as running:
        ready(running)
        user = {"name": "shop", "role": "quoter", "password": "another long password"}
        shop = running.asked("POST", "/users", headers=bearer(boss), json=user).json()["id"]
        made = running.asked("POST", f"/users/{shop}/tokens", headers=bearer(boss), json={"label": "x"}).json()["token"]
        me = running.asked("GET", "/me", headers=bearer(boss)).json()["id"]
        kinds = [(bearer(boss), body, 200), (bearer(made), body, 200), ({}, body, 401), (bearer(made), {}, 422)]

        def asked(number: int) -> list[str]:
            headers, sent, status = kinds[number % 4]
            with httpx.Client(base_url=running.address, timeout=30, headers=headers) as line:
                answers = [line.post("/evaluate", json=sent) for _ in range(10)]
            assert {answer.status_code for answer in answers} == {status}
            assert len({answer.headers["X-Request-Id"] for answer in answers}) == 10
            return [answer.json()["decision_id"] for answer in answers if status == 200]

        with ThreadPoolExecutor(16) as threads:
            told = list(threads.map(asked, range(16)))
        for caller, kind in ((me, 0), (shop, 1)):
            ids = {id for number, ids in enumerate(told) if number % 4 == kind for id in ids}
            found = running.asked("GET", f"/decisions?caller={caller}&limit=100", headers=bearer(boss)).json()
            assert len(ids) == 40
            assert {each["decision_id"] for each in found["decisions"]} == ids


def test_no_secret_reaches_a_log_or_a_number(
    start: Start, url: str, boss: str, body: dict[str, Any]  # noqa: F811
) -> None:  # fmt: skip
    wrong, typed = "qw_0123456789abcdef_" + "W" * 43, "hunter2-in-the-wrong-field"
    with start(SIGN_IN="on", DATABASE_URL=url, LOG_LEVEL="DEBUG", SESSION_KEY=SESSION_KEY, **OIDC) as running:
        ready(running)
        client = signed_in(running)
        cookie = client.cookies["quotewright"]
        assert client.get("/me").status_code == 200
        client.get("/sign-in/oidc", headers={"Accept": "text/html"})
        other = httpx.Client(base_url=running.address, timeout=30)
        other.post("/sign-in", data={"csrf_token": csrf(other, "/sign-in"), "name": typed, "password": PASSWORD + "?"})
        for token in (boss, wrong, boss[:-1]):
            running.asked("GET", "/me", headers=bearer(token))
            running.asked("GET", f"/nothing?token={token}", headers=bearer(token))
            running.asked("POST", "/evaluate", headers=bearer(token), json=body)
            running.asked("POST", "/evaluate", headers=bearer(token), content=b"{")
        new = {"current_password": PASSWORD, "new_password": "a kettle on the roof"}
        assert running.asked("POST", "/me/password", headers=bearer(boss), json=new).status_code == 200
        me = running.asked("GET", "/me", headers=bearer(boss)).json()
        made = running.asked("POST", f"/users/{me['id']}/tokens", headers=bearer(boss), json={"label": "x"}).json()
        metrics = running.asked("GET", "/metrics").text
        log = running.log.read_text()
    assert '"door":"page"' in log
    secrets = (
        PASSWORD, "a kettle on the roof", typed, cookie, SESSION_KEY, CLIENT_SECRET,
        *(token.split("_", 2)[2][:40] for token in (boss, wrong, made["token"])),
    )  # fmt: skip
    assert [secret for secret in secrets if secret in log or secret in metrics] == []
    assert "Traceback" not in log


def test_a_fault_tells_no_secret(start: Start, tmp_path: Path, root: Path, body: dict[str, Any]) -> None:  # noqa: F811
    """The database goes away under a request that brings a token."""
    url = f"sqlite:///{tmp_path / 'people.db'}"
    command = [sys.executable, "-m", "service.cli", "init", "--name", "boss", "--password-stdin"]
    made = subprocess.run(
        command, input=PASSWORD, cwd=root, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    token = made.stdout.strip()
    with start(SIGN_IN="on", DATABASE_URL=url, LOG_LEVEL="DEBUG") as running:
        ready(running)
        (tmp_path / "people.db").rename(tmp_path / "elsewhere.db")
        answer = running.asked("GET", "/me", headers=bearer(token))
        assert (answer.status_code, answer.json()["code"]) == (503, "ledger-unavailable")
        log = running.log.read_text()
    assert "ledger unavailable" in log
    assert token.split("_", 2)[2] not in log + answer.text
    assert PASSWORD not in log


def test_it_does_not_listen_to_the_world_with_sign_in_off(start: Start) -> None:  # noqa: F811
    with start(HOST="0.0.0.0") as running:
        assert running.process.wait(60) == 1
        log = running.log.read_text()
    assert "with sign-in off only this machine may ask" in log
    assert "SIGN_IN=on" in log
    assert "Listening" not in log
