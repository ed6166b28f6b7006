"""People in a database of each kind, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.domain.identities import User
from service.domain.people import SYSTEM, Role
from service.ledger import Database, People, migrate
from service.people import administration
from service.people.administration import Issued, Wanted
from service.people.chance import drawn
from service.people.passwords import Passwords

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "seven small grey stones"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/people.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url)
    return url


@pytest.fixture
def people(url: str) -> Iterator[People]:
    database = Database(url)
    yield People(database)
    database.close()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords()


def added(people: People, name: str, role: Role, hashed: str | None = None) -> User:
    user = administration.add_user(people, name, role, hashed, f"id-of-{name}", SYSTEM, NOON)
    assert isinstance(user, User)
    return user


def issued(people: People, user: User, **wanted: object) -> Issued:
    made = administration.create_token(people, user.id, Wanted(label="test", **wanted), SYSTEM, drawn(), NOON)  # type: ignore[arg-type]
    assert isinstance(made, Issued)
    return made


def read(people: People, user: User) -> User:
    with people.reading() as roster:
        found = roster.user(user.id)
    assert found is not None
    return found
