"""Cells mean what the language says they mean, alone and together in a row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.facts import BOOL
from service.policy.expressions import expression
from service.policy.findings import Place
from service.policy.nodes import Node
from service.policy.scope import Scope
from tests.policy.one_table import loaded, places


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
