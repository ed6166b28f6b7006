"""`fmt` changes how a book looks and nothing else: not its version, not one comment, and nothing the second time."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from schemas.vocabulary import declarations
from service.authoring.formatting import format_book, format_file
from service.policy.loader import load_book, read_folder
from service.policy.yaml_text import parse
from tests.authoring.rewritten import Rewriter

ROOT = Path(__file__).parents[2]
BOOKS = sorted(path.parent for path in (ROOT / "policies").glob("*/book.yaml"))


@cache
def tiny() -> tuple[dict[str, dict[str, Any]], str]:
    """The data of each file, and the version."""
    files = read_folder(ROOT / "tests" / "books" / "tiny")
    documents = {file: parse(file, raw)[0] for file, raw in files.items()}
    return {file: document.data for file, document in documents.items() if document}, version(files)


def version(files: dict[str, bytes]) -> str:
    return load_book(files, declarations()).version


def once(file: str, text: str) -> str:
    raw, findings = format_file(file, text.encode())
    assert findings == []
    return raw.decode()


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9))
def test_a_rewritten_book_keeps_its_version_and_its_comments(seed: int) -> None:
    rewriter = Rewriter(seed)
    data, expected = tiny()
    files = {file: rewriter.text(content).encode() for file, content in data.items()}
    assert version(files) == expected
    formatted = {**files, **format_book(files).changed}
    assert version(formatted) == expected
    found = re.findall(r"# note (\d+) ends\b", b"".join(formatted.values()).decode())
    assert sorted(map(int, found)) == list(range(1, rewriter.comments + 1))
    assert format_book(formatted).changed == {}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text() | st.text(" ab\n:#-&|", max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(data=st.dictionaries(st.text(min_size=1), VALUES, min_size=1, max_size=4))
def test_any_value_survives(data: dict[str, Any]) -> None:
    document, findings = parse("messages/en.yaml", json.dumps(data).encode())
    if document is None:
        assert findings
        return
    text = once("messages/en.yaml", json.dumps(data))
    again, _ = parse("messages/en.yaml", text.encode())
    assert again is not None
    assert again.data == document.data
    assert once("messages/en.yaml", text) == text


@pytest.mark.parametrize("folder", BOOKS, ids=lambda path: path.name)
def test_a_shipped_book_means_the_same_to_other_readers_of_yaml(folder: Path) -> None:
    files = read_folder(folder)
    for file, raw in format_book(files).changed.items():
        document, _ = parse(file, raw)
        assert document is not None
        assert days_as_text(YAML(typ="safe", pure=True).load(raw)) == document.data, file


def days_as_text(value: Any) -> Any:
    """The keys alone: parameters' values by their days."""
    if isinstance(value, dict):
        return {key.isoformat() if isinstance(key, date) else key: days_as_text(item) for key, item in value.items()}
    return [days_as_text(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("folder", BOOKS, ids=lambda path: path.name)
def test_a_shipped_book_keeps_its_version(folder: Path) -> None:
    files = read_folder(folder)
    formatted = {**files, **format_book(files).changed}
    assert version(formatted) == version(files)
    assert format_book(formatted).changed == {}
    comments = [
        sorted(re.findall(r"(?:^|\s)(#.*)$", b"\n".join(f.values()).decode(), re.M)) for f in (files, formatted)
    ]
    assert comments[0] == comments[1]
