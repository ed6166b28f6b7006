"""Who may change a book, and bend a decision: changes of that are told by meaning, as any other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from service.governance.diff.books import book_diff
from service.governance.diff.changes import Change, Detail, Kind, Subject
from tests.governance.conftest import Files, edition, replaced

GOVERNANCE = """
approval:
  default: finance
  lines:
    - {id: numbers, by: manager, subjects: [parameter], within: "25 %"}
    - {id: ours, by: finance, names: [spread, hassle-markup], effects: [discount]}
overrides:
  reasons: [closes_the_sale, other]
  limits:
    manager: {price_down: "10 %", credit_days: 7, outcomes: [quote]}
    finance: {price_down: "30 %", credit_days: 14, outcomes: [quote, decline]}
"""


@pytest.fixture
def governed(tiny: Files) -> Files:
    return {**tiny, "governance.yaml": GOVERNANCE.encode()}


def told(before: Files, after: Files) -> list[Change]:
    return list(book_diff(edition(before), edition(after)).changes)


LINE, LIMIT, REASON = Subject.APPROVAL_LINE, Subject.OVERRIDE_LIMIT, Subject.OVERRIDE_REASON
EDITS = {
    ("25 %", "30 %"): Change(LINE, "numbers", Kind.CHANGED, (Detail("within", "25 %", "30 %"),)),
    ('within: "25 %"', "effects: [markup]"): Change(
        LINE, "numbers", Kind.CHANGED, (Detail("effects", None, "markup"), Detail("within", "25 %", None))
    ),
    ("default: finance", "default: admin"): Change(
        LINE, "default", Kind.CHANGED, (Detail("by", "finance", "admin"),)
    ),
    ("id: ours", "id: theirs"): Change(LINE, "theirs", Kind.RENAMED, (), "ours"),
    ('"10 %", credit_days: 7', '"10 %", credit_days: 8'): Change(
        LIMIT, "manager", Kind.CHANGED, (Detail("credit days", "7 days", "8 days"),)
    ),
    ("[closes_the_sale, other]", "[other, closes_the_sale, loyalty]"): Change(REASON, "loyalty", Kind.ADDED),
}  # fmt: skip


@pytest.mark.parametrize("texts", EDITS, ids=" ".join)
def test_one_edit_is_one_change(governed: Files, texts: tuple[str, str]) -> None:
    assert told(governed, replaced(governed, texts)) == [EDITS[texts]]


def test_a_book_without_the_file_has_the_strictest_of_all(tiny: Files, governed: Files) -> None:
    kinds = [(change.subject, change.name, change.kind) for change in told(tiny, governed)]
    assert kinds == [
        (LINE, "numbers", Kind.ADDED),
        (LINE, "ours", Kind.ADDED),
        (LIMIT, "manager", Kind.ADDED),
        (LIMIT, "finance", Kind.ADDED),
        (REASON, "closes_the_sale", Kind.ADDED),
        (REASON, "other", Kind.ADDED),
    ]


@pytest.mark.parametrize(
    "texts", [("[spread, hassle-markup]", "[hassle-markup, spread]"), ("overrides:", "# a comment\noverrides:")]
)
def test_order_and_comments_are_no_change(governed: Files, texts: tuple[str, str]) -> None:
    assert told(governed, replaced(governed, texts)) == []


@pytest.mark.parametrize(("name", "to"), [("spread", "breadth"), ("hassle-markup", "hassle-surcharge")])
def test_what_only_got_another_name_is_told_where_it_stands(governed: Files, name: str, to: str) -> None:
    changes = told(governed, replaced(governed, (name, to)))
    assert [(change.kind, change.was) for change in changes if change.subject is not Subject.CASE] == [
        (Kind.RENAMED, name)
    ]


def test_the_order_of_lines_is_no_other_version(governed: Mapping[str, bytes]) -> None:
    text = GOVERNANCE.splitlines()
    swapped = "\n".join([*text[:4], text[5], text[4], *text[6:]])
    assert edition({**governed, "governance.yaml": swapped.encode()}).book.version == edition(governed).book.version
