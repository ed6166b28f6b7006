"""Versions that somebody changed in the database: never handed out for what they aren't."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from schemas.vocabulary import declarations
from service.governance import drafting
from service.governance.archive import packed
from service.governance.editions import Unusable
from service.governance.standing import Governing
from service.policy.loader import load_book

from .conftest import ANN, Files, imported, versions


def overwritten(url: str, files: object) -> None:
    """The archives of all versions."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE policy_origins SET files = :files"), {"files": files})
    engine.dispose()


def test_a_version_that_somebody_changed_in_the_database(at: Governing, tiny: Files, url: str) -> None:
    first = imported(at, tiny).version
    version = drafting.draft(at, versions(tiny, "400.00")[0], ANN, "").version
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE policy_versions SET content = :content WHERE version = :version"),
            {"content": at.register.version(first).content, "version": version},
        )
        connection.execute(
            text("UPDATE policy_origins SET files = :files WHERE version = :version"),
            {"files": packed(tiny), "version": version},
        )
    engine.dispose()
    with pytest.raises(Unusable, match="somebody changed it in the database"):
        at.editions.of(version)
    with pytest.raises(Unusable, match="somebody changed them in the database"):
        drafting.check(at, version, ANN)


@pytest.mark.parametrize("files", [b"", b"PK\x05\x06", packed({"a.yaml": b"x" * 999})[:-40], "text"])
def test_an_archive_that_somebody_broke_in_the_database(at: Governing, tiny: Files, url: str, files: object) -> None:
    if isinstance(files, str) and url.startswith("postgresql"):
        pytest.skip("PostgreSQL keeps bytes")
    version = imported(at, tiny).version
    overwritten(url, files)
    with pytest.raises(Unusable, match="somebody changed them in the database"):
        drafting.written_files(at, version)


def test_files_that_are_no_book_any_more_are_told_by_the_content(at: Governing, tiny: Files, url: str) -> None:
    version = imported(at, tiny).version
    overwritten(url, packed({"book.yaml": b"old: 1"}))
    assert load_book(drafting.written_files(at, version), declarations()).version == version
