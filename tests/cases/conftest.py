"""The tiny book and its two cases: a hassle score of 4 is marked up by 10 %, one of 3 isn't."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.cases.running import Posed, pose
from service.policy.book import Book
from service.policy.cases import load_cases
from service.policy.loader import load_book, read_folder

NOW = datetime(2026, 12, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def files() -> Mapping[str, bytes]:
    return read_folder(Path(__file__).parents[1] / "books" / "tiny")


@pytest.fixture(scope="session")
def book(files: Mapping[str, bytes]) -> Book:
    return load_book(files, declarations())


@pytest.fixture(scope="session")
def checks(book: Book) -> BookChecks:
    return BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts)


@pytest.fixture(scope="session")
def posed(files: Mapping[str, bytes], checks: BookChecks) -> list[Posed]:
    return [pose(case, checks, NOW) for case in load_cases(files)]
