"""Tables in CSV: read the same however a spreadsheet saves them, and what is wrong is told by line and cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.csv_text import parse
from service.policy.findings import BookRefused
from tests.policy.one_table import loaded, places, refused

SHEET = 'id,client.orders,-> markup,reason\nfew,< 9,1 %,"Few, they say"\nmany,>= 9,2 %,Many\n'


def spreadsheet(text: str, delimiter: str) -> str:
    return text.replace('"Few, they say"', "\0").replace(",", delimiter).replace("\0", '"Few, they say"')


@pytest.mark.parametrize(
    "sheet",
    [
        SHEET,
        spreadsheet(SHEET, ";"),
        spreadsheet(SHEET, "\t"),
        "\ufeff" + SHEET,
        SHEET.replace("\n", "\r\n"),
        SHEET.replace("\n", ",,,\n") + ",,,,,,\n\n",
        "sep=;\r\n" + spreadsheet(SHEET, ";").replace("\n", "\r\n"),
        "SEP=;\n" + spreadsheet(SHEET, ";"),
        '"sep=;",,,\n' + SHEET,
        SHEET.replace("< 9", '"< 9"').replace("-> markup", "then markup"),
        "\n\n" + SHEET.replace("few,", " few ,").rstrip("\n"),
    ],
    ids=[
        "comma",
        "semicolon",
        "tab",
        "mark",
        "crlf",
        "trailing",
        "declared",
        "declared loudly",
        "declaration saved as a row",
        "quoted",
        "blank",
    ],
)  # fmt: skip
def test_a_sheet_reads_the_same_however_a_spreadsheet_saves_it(sheet: str) -> None:
    book = loaded(("t.csv", sheet), csv="t.csv")
    assert [(row.rule, row.cells) for row in book.tables["t"].rows] == [("t/few", ("< 9",)), ("t/many", (">= 9",))]
    few = next(rule for rule in book.rules if rule.id == "t/few")
    assert few.reason.parts == ("Few, they say",)
    assert few.effects[0][1].node.value == 100


def test_what_is_wrong_in_a_sheet_is_told_by_line_and_cell() -> None:
    sheet = (
        "id;client.orders;client.category;-> markup;-> nothing\n"
        "a;< five;vip;1 %\n"
        "a;[9..3];vop;=A1+2\n"
        "\n"
        "b;1,5;= vip;1.234 %;;;x\n"
    )
    assert refused(("t.csv", sheet), csv="t.csv") == ["t.csv:5:6: wrong-value"]
    sheet = sheet.replace(";;;x", "")
    assert refused(("t.csv", sheet), csv="t.csv") == [
        "t.csv:1:5: unknown-slot",
        "t.csv:2:2: wrong-value",
        "t.csv:3:2: wrong-value",
        "t.csv:3:3: not-a-member",
        "t.csv:3:4: syntax-error",
        "t.csv:5:2: syntax-error",
        "t.csv:5:4: inexact-literal",
    ]


def test_a_sheet_that_no_table_reads_is_told() -> None:
    assert refused(("u.csv", "a,b"), columns=["client.orders", "-> markup"], rows=[]) == ["u.csv:1:1: unknown-file"]


@pytest.mark.parametrize("line", ['few,< 9,"1 %', 'few,< 9,"1" %'])
def test_a_quote_left_open_is_told_where_its_row_begins(line: str) -> None:
    sheet = f"id,client.orders,-> markup\n{line}\nmany,>= 9,2 %\nmore,>= 99,2 %\n"
    assert refused(("t.csv", sheet), csv="t.csv") == ["t.csv:2:1: bad-csv"]


def test_a_decimal_comma_is_told_as_such_on_either_side() -> None:
    sheet = "id;job.cost;-> markup\na;< 10,5;1 %\nb;>= 100;10,5 %\nc;[20..30);1.250,00\nd;[30..40);min(10, 20)\n"
    with pytest.raises(BookRefused) as caught:
        loaded(("t.csv", sheet), csv="t.csv")
    assert [(str(f.place), f.message) for f in caught.value.findings] == [
        ("t.csv:2:2", "`0,5` could mean several things"),
        ("t.csv:3:3", "`10,5 %` could mean several things"),
        ("t.csv:4:3", "`1.250,00` could mean several things"),
    ]


def test_headings_that_a_spreadsheet_made_great_are_told() -> None:
    sheet = "Id,client.orders,Then markup,REASON\na,< 9,1 %,x\n"
    with pytest.raises(BookRefused) as caught:
        loaded(("t.csv", sheet), csv="t.csv")
    assert [(str(f.place), f.code, f.suggestion) for f in caught.value.findings] == [
        ("t.csv:1:1", "unknown-field", "id"),
        ("t.csv:1:3", "unknown-field", "then markup"),
        ("t.csv:1:4", "unknown-field", "reason"),
    ]


def test_a_sheet_in_another_encoding_is_told() -> None:
    raw = SHEET.replace("Many", "Mõni").encode("latin-1")
    assert refused(("t.csv", raw), csv="t.csv") == ["t.csv:3:1: bad-csv"]


def test_formatting_of_a_sheet_is_no_change() -> None:
    saved = "\ufeff" + spreadsheet(SHEET, ";").replace("\n", ";;\r\n")
    assert loaded(("t.csv", SHEET), csv="t.csv").version == loaded(("t.csv", saved), csv="t.csv").version


FRAGMENTS = [
    "id",
    "client.orders",
    "-> markup",
    "reason",
    ";",
    ",",
    "\t",
    '"',
    "\n",
    "\r\n",
    "[1..2)",
    "not(",
    "é",
    "=A1",
]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(lambda parts: "".join(parts).encode())
)
def test_any_bytes_are_a_sheet_or_findings(raw: bytes) -> None:
    sheet, findings = parse("t.csv", raw)
    assert (sheet is None) == bool(findings)
    assert all(place.line >= 1 and place.column >= 1 for place in places(("t.csv", raw), csv="t.csv"))
