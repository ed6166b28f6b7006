"""Tables as they are written: cells mean what the language says they mean, and what is wrong is told at its cell."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import declarations
from service.domain.facts import BOOL
from service.policy.book import Book, Hit
from service.policy.csv_text import parse
from service.policy.expressions import expression
from service.policy.findings import BookRefused, Place
from service.policy.loader import load_book, read_folder
from service.policy.nodes import Node
from service.policy.scope import Scope

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


def condition(column: str, cell: str) -> str:
    (rule,) = (
        rule
        for rule in loaded(columns=["id", column, "-> markup"], rows=[["r", cell, "1 %"]]).rules
        if rule.id == "t/r"
    )
    return rule.when.source


CELLS = [
    ("client.orders", "-", "true"),
    ("client.orders", "", "true"),
    ("client.orders", "7", "client.orders == 7"),
    ("client.orders", "< 5", "client.orders < 5"),
    ("client.orders", "= 5", "client.orders == 5"),
    ("client.orders", "[10..20)", "client.orders >= 10 && client.orders < 20"),
    ("client.orders", "(10..20]", "client.orders > 10 && client.orders <= 20"),
    ("client.orders", "1, 2, 3", "client.orders in [1, 2, 3]"),
    ("client.orders", "< 5, [10..20]", "(client.orders < 5 || client.orders >= 10 && client.orders <= 20)"),
    ("client.orders", "not([10..20))", "!(client.orders >= 10 && client.orders < 20)"),
    ("client.orders", ">= params.hassle_from", "client.orders >= params.hassle_from"),
    ("client.orders + 1", "7", "(client.orders + 1) == 7"),
    ("job.cost", "< 500.00", "job.cost < 500"),
    ("job.cost", "<=99.95", "job.cost <= 99.95"),
    ("params.spread", "10 %, 20%", "(params.spread) in [10, 20]"),
    ("client.category", "vip", 'client.category == "vip"'),
    ("client.category", '"vip", good', 'client.category in ["vip", "good"]'),
    ("client.category", "\u201cvip\u201d", 'client.category == "vip"'),
    ("client.category", "!= vip", 'client.category != "vip"'),
    ("client.category", "not(vip, good)", '!(client.category in ["vip", "good"])'),
    ("deal.asked_discount", "yes", "deal.asked_discount"),
    ("deal.asked_discount", "FALSE", "!deal.asked_discount"),
    ("client.orders > 3", "no", "(client.orders > 3) == false"),
    ("deal.budget", "has", "has(deal.budget)"),
    ("deal.budget", "absent", "!has(deal.budget)"),
    ("deal.budget", "< 500.00", "has(deal.budget) && deal.budget < 500"),
    ("deal.budget", "not(500)", "has(deal.budget) && !(deal.budget == 500)"),
]


@pytest.mark.parametrize(("column", "cell", "meaning"), CELLS, ids=[f"{column} {cell}" for column, cell, _ in CELLS])
def test_a_cell_stands_for_a_condition(column: str, cell: str, meaning: str) -> None:
    if column.startswith("params."):
        meaning = meaning.replace("(params.spread)", "params.spread")
    assert condition(column, cell) == meaning


def bare(node: Node) -> Any:
    return (node.op, node.type, node.value, node.span, *map(bare, node.args))


def test_a_row_is_the_condition_that_its_text_says() -> None:
    """Spans too: why-not cuts its words out of the text."""
    book = loaded(
        columns=["id", "client.orders", "client.category", "job.cost", "deal.asked_discount", "-> markup"],
        rows=[["r", "[3..9)", "not(vip)", "5, 7, 9.50", "no", "1 %"], ["s", "-", "good", "> 2", "yes", "2 %"]],
    )
    types = {name: fact.type for name, fact in book.facts.items()}
    scope = Scope(types, frozenset(), "EUR", book.rounding)
    for rule in (rule for rule in book.rules if rule.table):
        read = expression(rule.when.source, scope, BOOL, Place("t.yaml", 1, 1))
        assert bare(read) == bare(rule.when.node)


def test_rows_are_rules_and_the_table_knows_them() -> None:
    book = loaded(
        columns=["id", "client.orders", "deal.budget", "-> markup", "reason", "practice"],
        rows=[
            ["many", ">= 9", "[1..9)", "1.5 %", "Many: {client.orders}, with {deal.budget}", "C8"],
            ["few", "< 9", "-", "params.hassle_markup", "", ""],
        ],
        default={"markup": "3 %"},
        default_reason="Neither",
    )
    table = book.tables["t"]
    assert (table.hit, table.default, table.outputs, table.stage) == (Hit.UNIQUE, "t/default", ("markup",), "price")
    assert [(row.rule, row.cells, row.columns) for row in table.rows] == [
        ("t/few", ("< 9", "-"), (0,)),
        ("t/many", (">= 9", "[1..9)"), (0, 1, 1, 1)),
    ]
    rules = {rule.id: rule for rule in book.rules if rule.table == "t"}
    assert list(rules) == ["t/few", "t/many", "t/default"]
    assert [rule.practice for rule in rules.values()] == ["P3", "C8", "P3"]
    assert rules["t/many"].effects[0][1].node.value == 150
    assert rules["t/default"].effects[0][1].node.value == 300
    assert rules["t/few"].reason.parts == ("Told by the table",)
    assert len(rules["t/many"].reason.parts) == 4


def test_rows_without_ids_are_called_by_what_they_test_or_by_their_number() -> None:
    rows = [["[0..3)", "-", "1 %"], [">= 3", "vip,  good", "2 %"]]
    columns = ["client.orders", "client.category", "-> markup"]
    unordered = loaded(columns=columns, rows=rows)
    assert [row.rule for row in unordered.tables["t"].rows] == ["t/>= 3, vip, good", "t/[0..3), -"]
    ordered = loaded(columns=columns, rows=rows, hit="first")
    assert [row.rule for row in ordered.tables["t"].rows] == ["t/1", "t/2"]


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


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("no input", {"columns": ["-> markup"], "rows": [["1 %"]]}, ["missing-field"]),
    ("no output", {"columns": ["client.orders"], "rows": [["1"]]}, ["missing-field"]),
    ("output twice", {"columns": ["client.orders", "-> markup", "-> markup"], "rows": []}, ["duplicate-key"]),
    ("a priority column", {"columns": ["client.orders", "priority", "-> markup"], "rows": []}, ["unknown-field"]),
    ("an unknown fact", {"columns": ["client.order", "-> markup"], "rows": []}, ["unknown-name"]),
    ("a fact of later", {"columns": ["decision.discount", "-> markup"], "rows": []}, ["read-before-known"]),
    ("a protected fact", {"columns": ["client.gender", "-> markup"], "rows": []}, ["protected-attribute"]),
    ("no rows", {"columns": ["client.orders", "-> markup"]}, ["missing-field"]),
    ("rows that are none", {"columns": ["client.orders", "-> markup"], "rows": ["1"]}, ["wrong-value"]),
    ("an id twice", {"columns": ["id", "client.orders", "-> markup"], "rows": [["a", "1", "1"], ["a", "2", "1"]]},
     ["duplicate-id"]),
    ("the same twice", {"columns": ["client.orders", "-> markup"], "rows": [["1", "1"], ["1", "2"]]}, ["duplicate-id"]),
    ("an id of its own kind", {"columns": ["id", "client.orders", "-> markup"], "rows": [["a/b", "1", "1"]]},
     ["wrong-value"]),
    ("an unknown parameter", {"columns": ["client.orders", "-> markup"], "rows": [["< params.few", "1"]]},
     ["unknown-name"]),
    ("another unit", {"columns": ["client.orders", "-> markup"], "rows": [["< params.spread", "1"]]},
     ["unit-mismatch"]),
    ("an order of words", {"columns": ["client.category", "-> markup"], "rows": [["< vip", "1"]]}, ["unit-mismatch"]),
    ("always there", {"columns": ["client.orders", "-> markup"], "rows": [["has", "1"]]}, ["wrong-arguments"]),
    ("a thousand", {"columns": ["job.cost", "-> markup"], "rows": [["1.000", "1"]]}, ["inexact-literal"]),
    ("not a default's", {"columns": ["client.orders", "-> markup"], "rows": [], "default": {"discount": "1"}},
     ["unknown-slot"]),
    ("an aggregate of nothing", {"columns": ["client.orders", "-> markup"], "rows": [], "aggregate": "sum"},
     ["wrong-value"]),
    ("a sum of words", {"hit": "collect", "aggregate": "sum", "columns": ["client.orders", "-> notes"], "rows": []},
     ["wrong-value"]),
    ("a count of percents",
     {"hit": "collect", "aggregate": "count", "columns": ["client.orders", "-> markup"], "rows": []},
     ["unit-mismatch"]),
    ("no priorities", {"hit": "priority", "columns": ["client.orders", "-> markup"], "rows": []}, ["missing-field"]),
    ("no such priority", {"hit": "priority", "priority": ["1 %"], "columns": ["client.orders", "-> markup"],
     "rows": [["1", "2 %"]]}, ["wrong-value"]),
    ("agreeing on half", {"hit": "any", "columns": ["client.orders", "-> markup"], "rows": [["1", "-"]]},
     ["missing-field"]),
    ("a file that isn't there", {"csv": "u.csv"}, ["missing-file"]),
    ("nothing to say", {"columns": ["client.orders", "-> markup"], "rows": [["1", "1"]], "reason": None},
     ["missing-field"]),
    ("an absent fact told", {"columns": ["deal.budget", "-> markup"], "rows": [["absent", "1"]],
     "reason": "Only {deal.budget}"}, ["may-be-absent"]),
    ("depth", {"columns": ["client.orders", "-> markup"], "rows": [["not(" * 99 + "1" + ")" * 99, "1"]]}, ["too-deep"]),
    ("length", {"columns": ["client.orders", "-> markup"], "rows": [[", ".join(map(str, range(400))), "1"]]},
     ["too-long"]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "codes"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_table_that_cannot_be_is_refused(table: dict[str, Any], codes: list[str]) -> None:
    given = {key: value for key, value in table.items() if value is not None}
    files = with_table(**given)
    if "reason" in table and table["reason"] is None:
        files = {**files, "t.yaml": files["t.yaml"].replace(b'"reason": "Told by the table"', b'"default_reason": "x"')}
    with pytest.raises(BookRefused) as caught:
        load_book(files, FACTS)
    assert [finding.code for finding in caught.value.findings] == codes


def test_a_sheet_that_no_table_reads_is_told() -> None:
    assert refused(("u.csv", "a,b"), columns=["client.orders", "-> markup"], rows=[]) == ["u.csv:1:1: unknown-file"]


def test_a_sheet_in_another_encoding_is_told() -> None:
    raw = SHEET.replace("Many", "Mõni").encode("latin-1")
    assert refused(("t.csv", raw), csv="t.csv") == ["t.csv:3:1: bad-csv"]


def version(*sheets: tuple[str, str], **table: Any) -> str:
    return loaded(*sheets, **table).version


def test_the_order_of_rows_counts_only_where_it_is_meant() -> None:
    lines = SHEET.splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    columns, rows = ["id", "client.orders", "-> markup"], [["a", "< 9", "1 %"], ["b", ">= 9", "2 %"]]
    for hit, counts in (("unique", False), ("any", False), ("collect", False), ("first", True), ("rule order", True)):
        same = version(("t.csv", SHEET), csv="t.csv", hit=hit) == version(("t.csv", turned), csv="t.csv", hit=hit)
        assert same is not counts
        same = version(columns=columns, rows=rows, hit=hit) == version(columns=columns, rows=rows[::-1], hit=hit)
        assert same is not counts


def test_formatting_of_a_sheet_is_no_change() -> None:
    saved = "\ufeff" + spreadsheet(SHEET, ";").replace("\n", ";;\r\n")
    assert version(("t.csv", SHEET), csv="t.csv") == version(("t.csv", saved), csv="t.csv")


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


def places(*sheets: tuple[str, bytes], **table: Any) -> list[Place]:
    """Of all findings; none where the book loads."""
    try:
        loaded(*sheets, **table)
    except BookRefused as refused:
        return [finding.place for finding in refused.findings]
    return []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"[](),.<>=!-\"' %x", "..", "not(", "5", "1.5", "vip", "has", "params.spread"]), max_size=25
    )
)
def test_any_text_is_a_cell_or_a_finding(parts: list[str]) -> None:
    cell = "".join(parts)
    columns = ["client.orders", "client.category", "deal.budget", "-> markup"]
    assert {place.file for place in places(columns=columns, rows=[[cell, cell, cell, "1"]])} <= {"t.yaml"}


def test_rows_in_any_order_make_the_same_book() -> None:
    rows = [[f"r{n}", f"[{n}..{n + 1})", f"{n} %"] for n in range(9)]
    shuffled = random.Random(3).sample(rows, len(rows))
    one, other = (loaded(columns=["id", "client.orders", "-> markup"], rows=each) for each in (rows, shuffled))
    assert [rule.id for rule in one.rules] == [rule.id for rule in other.rules]
    assert one.version == other.version
