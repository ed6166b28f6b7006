"""Tables in CSV: read the same however a spreadsheet saves them, and what is wrong is told by line and cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.csv_text import parse
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
        SHEET.replace("< 9", '"< 9"').replace("-> markup", "then markup"),
        "\n\n" + SHEET.replace("few,", " few ,").rstrip("\n"),
    ],
    ids=["comma", "semicolon", "tab", "mark", "crlf", "trailing", "declared", "quoted", "blank"],
)
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
