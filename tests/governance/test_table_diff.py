"""Rows of decision tables: told apart by id where they have one, else by what they say."""

from __future__ import annotations

import pytest

from service.governance.diff.books import book_diff
from service.governance.diff.changes import Change, Detail, Kind, Subject
from tests.governance.conftest import edition, replaced

LADDER = """stage: price
tables:
  - id: ladder
    practice: P3
    hit: HIT
    columns: [COLUMNS]
    default: {markup: 0}
    reason: "Hassle score {client.hassle_score}"
    rows:
"""
ROWS = {"mild": '"[4..6)", "10 %"', "hard": '"[6..9)", "20 %"', "harder": '">= 9", "30 %"'}


def book(tiny, hit="unique", named=True, rows=ROWS, *texts):
    columns = 'id, client.hassle_score, "-> markup"' if named else 'client.hassle_score, "-> markup"'
    lines = "".join(f"      - [{f'{name}, ' if named else ''}{cells}]\n" for name, cells in rows.items())
    without = replaced(
        tiny,
        (tiny["price.yaml"].decode(), LADDER.replace("HIT", hit).replace("COLUMNS", columns) + lines),
        ("rules: [hassle-markup]\n", "rules: []\n"),
    )
    return edition(replaced(without, *texts))


def told(before, after):
    return list(book_diff(before, after).changes)


def changed_row(name, aspect, before, after):
    return [Change(Subject.ROW, name, Kind.CHANGED, (Detail(aspect, before, after),))]


def test_a_cell(tiny):
    after = book(tiny, "unique", True, {**ROWS, "hard": '"[6..9)", "25 %"'})
    assert told(book(tiny), after) == changed_row("ladder/hard", "effect markup", "20", "25")


def test_a_row_renamed_added_and_removed(tiny):
    rows = {"mild": ROWS["mild"], "tough": ROWS["hard"], "hardest": '">= 9", "40 %"'}
    found = {(c.kind, c.name, c.was) for c in told(book(tiny), book(tiny, "unique", True, rows))}
    assert found == {
        (Kind.RENAMED, "ladder/tough", "ladder/hard"),
        (Kind.ADDED, "ladder/hardest", ""),
        (Kind.REMOVED, "ladder/harder", ""),
    }


def test_the_order_of_rows_means_nothing_unless_the_hit_policy_says_so(tiny):
    turned = {name: ROWS[name] for name in ("harder", "mild", "hard")}
    assert told(book(tiny), book(tiny, "unique", True, turned)) == []
    moved = Change(Subject.ROW, "ladder/harder", Kind.MOVED, (Detail("place in the table", "3", "1"),))
    assert told(book(tiny, "first"), book(tiny, "first", True, turned)) == [moved]


def test_numbered_rows_below_a_new_one_stay_the_same(tiny):
    before = book(tiny, "first", False)
    (added,) = told(before, book(tiny, "first", False, {"new": '"3", "5 %"', **ROWS}))
    assert (added.kind, added.name) == (Kind.ADDED, "ladder/1")
    after = book(tiny, "first", False, {"new": ROWS["harder"], "mild": ROWS["mild"], "hard": ROWS["hard"]})
    (moved,) = told(before, after)
    assert moved == Change(Subject.ROW, "ladder/1", Kind.MOVED, (Detail("place in the table", "3", "1"),))
    changed = told(before, book(tiny, "first", False, {**ROWS, "hard": '"[6..9)", "25 %"'}))
    assert changed == changed_row("ladder/2", "effect markup", "20", "25")


def test_a_row_called_after_its_test_is_the_same_with_another_test(tiny):
    (change,) = told(book(tiny, "unique", False), book(tiny, "unique", False, {**ROWS, "harder": '"> 9", "30 %"'}))
    condition = Detail("condition", "client.hassle_score >= 9", "client.hassle_score > 9")
    assert (change.kind, change.details) == (Kind.CHANGED, (condition,))


def test_what_rows_have_from_their_table_is_told_of_the_table(tiny):
    after = book(tiny, "unique", True, ROWS, ("Hassle score {client", "Trouble {client"))
    wording = Detail("wording of its rows", "Hassle score {client.hassle_score}", "Trouble {client.hassle_score}")
    assert told(book(tiny), after) == [Change(Subject.TABLE, "ladder", Kind.CHANGED, (wording,))]


@pytest.mark.parametrize("hit", ["any", "first"])
def test_the_hit_policy(tiny, hit):
    assert told(book(tiny), book(tiny, hit)) == [
        Change(Subject.TABLE, "ladder", Kind.CHANGED, (Detail("hit policy", "unique", hit),))
    ]


def test_a_renamed_table(tiny):
    after = book(tiny, "unique", True, ROWS, ("id: ladder", "id: rungs"))
    assert told(book(tiny), after) == [Change(Subject.TABLE, "rungs", Kind.RENAMED, (), "ladder")]
