"""Books with one table of the test's own laid over the tiny book, loaded or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import declarations
from service.policy.book import Book
from service.policy.findings import BookRefused, Place
from service.policy.loader import load_book, read_folder

TINY = read_folder(Path(__file__).parent.parent / "books" / "tiny")
FACTS = declarations()


def with_table(*sheets: tuple[str, str | bytes], **table: Any) -> dict[str, bytes]:
    whole = {"id": "t", "practice": "P3", "hit": "unique", "default": {}, "reason": "Told by the table", **table}
    files = {name: text.encode() if isinstance(text, str) else text for name, text in sheets}
    return {**TINY, "t.yaml": json.dumps({"stage": "price", "tables": [whole]}).encode(), **files}


def loaded(*sheets: tuple[str, str | bytes], **table: Any) -> Book:
    return load_book(with_table(*sheets, **table), FACTS)


def refused(*sheets: tuple[str, str | bytes], **table: Any) -> list[str]:
    """Findings of the table's own files."""
    with pytest.raises(BookRefused) as caught:
        load_book(with_table(*sheets, **table), FACTS)
    return [f"{f.place}: {f.code}" for f in caught.value.findings]


def places(*sheets: tuple[str, bytes], **table: Any) -> list[Place]:
    """Of all findings; none where the book loads."""
    try:
        loaded(*sheets, **table)
    except BookRefused as refused:
        return [finding.place for finding in refused.findings]
    return []
