"""The tiny book with texts replaced, as files and loaded with its cases; and a second one with decision tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from schemas.vocabulary import declarations
from service.governance.diff.books import Edition, book_diff
from service.governance.diff.changes import Change
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
