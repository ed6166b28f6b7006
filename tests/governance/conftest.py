"""The tiny book with texts replaced, as files and loaded with its cases; and who takes it to a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.vocabulary import declarations
from service.domain.authority import ApprovalLine, ApprovalMatrix, Governance
from service.domain.facts import FactDecl
from service.domain.people import Caller, Role
from service.domain.steps import Step
from service.governance import drafting, editions, importing, reviewing
from service.governance.diff.books import Edition, book_diff
from service.governance.diff.changes import Change
from service.governance.refusal import Refusal
from service.governance.standing import Governing
from service.ledger import Database, PolicyRegister, migrate
from service.policy.book import Book
from service.policy.cases import load_cases
from service.policy.loader import load_book, read_folder

Files = Mapping[str, bytes]


def edition(files: Files) -> Edition:
    return Edition(load_book(files, declarations()), load_cases(files))


def replaced(files: Files, *pairs: tuple[str, str]) -> dict[str, bytes]:
    """Everywhere in all files; each old text must stand somewhere."""
    changed = dict(files)
    for old, new in pairs:
        assert any(old.encode() in raw for raw in changed.values()), old
        changed = {name: raw.replace(old.encode(), new.encode()) for name, raw in changed.items()}
    return changed


@pytest.fixture(scope="session")
def tiny(root: Path) -> Files:
    return read_folder(root / "tests" / "books" / "tiny")


@pytest.fixture(scope="session")
def loaded(tiny: Files) -> Edition:
    return edition(tiny)


@pytest.fixture(scope="session")
def changed(tiny: Files, loaded: Edition) -> Callable[..., list[Change]]:
    """What the diff says of the tiny book with texts replaced."""

    def compared(*pairs: tuple[str, str]) -> list[Change]:
        return list(book_diff(loaded, edition(replaced(tiny, *pairs))).changes)

    return compared


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a ledger without any step, one of each kind."""
    url: str = f"sqlite:///{tmp_path}/ledger.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    migrate(url)
    return url


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: int) -> None:
        self.now += timedelta(**time)


NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def at(url: str, clock: Clock) -> Iterator[Governing]:
    database = Database(url)
    yield Governing(PolicyRegister(database), clock)
    database.close()


ANN, MAX, FIONA, ADA = (
    Caller("u-ann", "Ann", Role.MANAGER),
    Caller("u-max", "Max", Role.MANAGER),
    Caller("u-fiona", "Fiona", Role.FINANCE),
    Caller("u-ada", "Ada", Role.ADMIN),
)


@pytest.fixture
def matrix(monkeypatch: pytest.MonkeyPatch) -> ApprovalMatrix:
    """Gives every stored book a matrix by which managers agree to small moves of numbers."""
    lines = (ApprovalLine("numbers", Role.MANAGER, subjects=("parameter",), within=1_000),)
    given = ApprovalMatrix(lines)

    def load(files: Files, facts: Mapping[str, FactDecl]) -> Book:
        return replace(load_book(files, facts), governance=Governance(given))

    monkeypatch.setattr(editions, "load_book", load)
    return given


def versions(tiny: Files, *limits: str) -> list[Files]:
    """The tiny book with another credit limit each: 500.00 in the original."""
    return [replaced(tiny, ('"500.00"', f'"{limit}"')) for limit in limits]


def imported(at: Governing, files: Files) -> Step:
    step = importing.import_changed(at, load_book(files, declarations()), files)
    assert step is not None
    return step


def taken(result: object) -> Step:
    assert isinstance(result, Step), result
    return result


def refused(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def approved(at: Governing, files: Files, by: Caller = FIONA) -> str:
    """A version that Ann drafted and submitted and that somebody else agreed to."""
    drafted = drafting.draft(at, files, ANN, "why")
    assert isinstance(drafted, drafting.Drafted), drafted
    taken(drafting.check(at, drafted.version, ANN))
    taken(reviewing.submit(at, drafted.version, ANN, ""))
    taken(reviewing.approve(at, drafted.version, by, ""))
    return drafted.version
