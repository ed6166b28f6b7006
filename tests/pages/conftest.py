"""A service with sign-in on, whose clock a test moves, and a browser that works without JavaScript."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as ChromiumBrowser
from werkzeug.test import TestResponse

from service.api.services import EXTENSION
from service.app import create_app
from service.domain.identities import User
from service.domain.people import SYSTEM, Role
from service.ledger import People, migrate
from service.people import administration
from service.settings import Settings

from .walking import chromium

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "seven small grey stones"
Started = Callable[..., Flask]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class Browser:
    """Sends what the forms of the last page hold."""

    def __init__(self, app: Flask, **client: object) -> None:
        self.client: FlaskClient = app.test_client()
        self.html = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        self.last: TestResponse | None = None

    def get(self, path: str) -> TestResponse:
        self.last = self.client.get(path, headers=self.html)
        return self.last

    def csrf(self) -> str:
        assert self.last is not None
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.last.text)
        assert found, self.last.text
        return found[1]

    def post(self, path: str, **fields: str) -> TestResponse:
        self.last = self.client.post(path, data={"csrf_token": self.csrf(), **fields}, headers=self.html)
        return self.last

    def sign_in(self, name: str = "ann", password: str = PASSWORD, afterwards: str = "") -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", name=name, password=password, next=afterwards)

    def cookie(self, name: str = "quotewright") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def started(root: Path, tmp_path: Path, clock: Clock) -> Started:
    book = Path(shutil.copytree(root / "tests" / "books" / "tiny", tmp_path / "book"))
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)

    def start(**changed: object) -> Flask:
        chosen = {"policy_poll_seconds": 0, "seal_seconds": 0, "sign_in": True, **changed}
        return create_app(Settings(database_url=url, policy_book=book, **chosen), clock)  # type: ignore[arg-type]

    return start


@pytest.fixture
def app(started: Started) -> Flask:
    return started()


@pytest.fixture
def people(app: Flask) -> People:
    found: People = app.extensions[EXTENSION].people
    return found


@pytest.fixture
def ann(app: Flask, people: People) -> User:
    hashed = app.extensions[EXTENSION].passwords.hashed(PASSWORD)
    user = administration.add_user(people, "ann", Role.MANAGER, hashed, "id-of-ann", SYSTEM, NOON)
    assert isinstance(user, User)
    return user


@pytest.fixture
def browser(app: Flask, ann: User) -> Browser:
    return Browser(app)


@pytest.fixture(scope="module")
def browser_window() -> Iterator[ChromiumBrowser]:
    with chromium() as browser:
        yield browser
