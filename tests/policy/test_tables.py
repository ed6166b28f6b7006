"""Tables as they are written: rows are rules, and a table that can't be is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from service.policy.book import Hit
from service.policy.findings import BookRefused
from service.policy.loader import load_book
from tests.policy.one_table import FACTS, loaded, with_table


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
    ("two values in one", {"hit": "collect", "columns": ["client.orders", "-> approvals"],
     "rows": [["1", "owner, senior"]]}, ["syntax-error"]),
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


def version(*sheets: tuple[str, str], **table: Any) -> str:
    return loaded(*sheets, **table).version


def test_the_order_of_rows_counts_only_where_it_is_meant() -> None:
    lines = ["id,client.orders,-> markup", "few,< 9,1 %", "many,>= 9,2 %"]
    sheet = "\n".join(lines)
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    columns, rows = ["id", "client.orders", "-> markup"], [["a", "< 9", "1 %"], ["b", ">= 9", "2 %"]]
    for hit, counts in (("unique", False), ("any", False), ("collect", False), ("first", True), ("rule order", True)):
        same = version(("t.csv", sheet), csv="t.csv", hit=hit) == version(("t.csv", turned), csv="t.csv", hit=hit)
        assert same is not counts
        same = version(columns=columns, rows=rows, hit=hit) == version(columns=columns, rows=rows[::-1], hit=hit)
        assert same is not counts


def test_rows_in_any_order_make_the_same_book() -> None:
    rows = [[f"r{n}", f"[{n}..{n + 1})", f"{n} %"] for n in range(9)]
    shuffled = random.Random(3).sample(rows, len(rows))
    one, other = (loaded(columns=["id", "client.orders", "-> markup"], rows=each) for each in (rows, shuffled))
    assert [rule.id for rule in one.rules] == [rule.id for rule in other.rules]
    assert one.version == other.version
