"""The firm's books on each kind of database, and files to bring into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.clients.asking import Asking
from service.clients.importing import Bringing, bring_in
from service.clients.rows import Manner
from service.domain.books import Imported, Kind
from service.ledger import Database
from service.ledger.books import Books
from tests.ledger.conftest import empty_url, url

__all__ = ["empty_url", "url"]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

Bring = Callable[..., tuple[Imported, list[tuple[int, str]]]]


@pytest.fixture
def books(url: str) -> Iterator[Books]:
    database = Database(url)
    yield Books(database)
    database.close()


@pytest.fixture
def bring(books: Books, tmp_path: Path) -> Bring:
    """Brings in a file of this text, or at this path; what became of it, and the lines that were refused."""

    def brought(kind: str, what: str | Path, columns: dict[str, str] | None = None, **manner: object):
        path = what if isinstance(what, Path) else tmp_path / f"{kind}.csv"
        if isinstance(what, str):
            path.write_text(what, encoding="utf-8")
        refused: list[tuple[int, str]] = []
        asked = Bringing(
            kind=Kind(kind), path=path, source=path.name, columns=columns or {}, manner=Manner(**manner)  # type: ignore[arg-type]
        )  # fmt: skip
        imported = bring_in(
            books, asked, "ann", lambda: NOON, lambda line, why: refused.append((line, why)), lambda *_: None
        )
        return imported, refused

    return brought


@pytest.fixture
def asking(books, url):
    database = Database(url)
    yield Asking(database)
    database.close()
