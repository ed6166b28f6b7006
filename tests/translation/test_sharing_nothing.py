"""Firms differ by files alone: this book stands on the language and on nothing of the agency's."""

from __future__ import annotations

from collections.abc import Iterator

from service.policy.book import Book
from tests.agency.shipped import AGENCY
from tests.translation.bureau import BUREAU

COMMON_WORDS = {"{title}: {fixed}", "{description}: {amount}", "Dear {name},", "bank transfer"}
"""What anyone would write there."""


def test_the_book_is_made_of_its_own_files() -> None:
    links = [path for path in BUREAU.folder.rglob("*") if path.is_symlink()]
    assert links == []
    assert [name for name, text in BUREAU.files.items() if b"agency/" in text] == []


def test_the_frame_is_its_own() -> None:
    own, other = BUREAU.policy.book, AGENCY.policy.book
    for name in ("currency", "rounding", "time_zone", "calendar", "stages"):
        assert getattr(own, name) != getattr(other, name), name


def test_what_it_says_is_its_own() -> None:
    own, other = BUREAU.policy.book, AGENCY.policy.book
    assert set(_reasons(own)) & set(_reasons(other)) == set()
    assert set(_wording(own)) & set(_wording(other)) <= COMMON_WORDS


def _reasons(book: Book) -> Iterator[str]:
    yield from ("".join(map(str, rule.reason.parts)) for rule in book.rules)


def _wording(book: Book) -> Iterator[str]:
    for texts in book.messages.values():
        yield from (text for text in texts.values() if len(text.split()) > 1)
