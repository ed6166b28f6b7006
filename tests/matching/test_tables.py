"""Tables mean what a look at every row finds, whichever way they are matched, and never answer with silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import declarations
from service.matching import branching, indexed
from service.matching.runtime import Matched, Runtime
from service.matching.tables import TableConflict, TableGap
from service.policy.binding import bind
from service.policy.book import Book
from service.policy.loader import load_book, read_folder
from service.policy.program import run
from service.policy.values import ValueAlgebra
from tests.matching.tables_at_random import PRIORITY, REQUESTS, Drawn, tables

TINY = read_folder(Path(__file__).parent.parent / "books" / "tiny")
FACTS = declarations()
AS_OF = date(2026, 3, 2)


def book_of(table: dict[str, Any], *sheets: tuple[str, bytes], combine: str = "sum") -> Book:
    points = f"\n  points: {{type: count, combine: {combine}, initial: 0, max: 100000, meaning: For tests.}}\n"
    whole = {"practice": "P3", "reason": "Told by the table", **table}
    policy = json.dumps({"stage": "price", "tables": [whole]}).encode()
    return load_book(
        {**TINY, "book.yaml": TINY["book.yaml"] + points.encode(), "t.yaml": policy, **dict(sheets)}, FACTS
    )


def book_of_drawn(drawn: Drawn, as_csv: bool) -> Book:
    table: dict[str, Any] = {"id": "t", "hit": drawn.hit}
    if drawn.aggregate:
        table["aggregate"] = drawn.aggregate
    if drawn.hit == "priority":
        table["priority"] = list(PRIORITY)
    if drawn.default is not None:
        table["default"] = {"points": drawn.default}
    if as_csv:
        return book_of({**table, "csv": "t.csv"}, ("t.csv", drawn.csv()), combine=drawn.combine)
    return book_of({**table, "columns": drawn.header(), "rows": drawn.lines()}, combine=drawn.combine)


def facts_of(request: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"extra.charity": False}
    for name, fact in FACTS.items():
        facts[name] = fact.zero() if fact.default is None else fact.default
        if fact.optional:
            facts[f"has:{name}"] = False
    facts.update({name: value for name, value in request.items() if value is not None})
    facts["has:deal.budget"] = request.get("deal.budget") is not None
    return facts


def rows_fired(matched: Matched) -> set[str]:
    return {rule.id.removeprefix("t/") for rule in matched.fired if rule.id.startswith("t/")}


def check(drawn: Drawn, as_csv: bool, requests: list[dict[str, Any]]) -> None:
    program = bind(book_of_drawn(drawn, as_csv), AS_OF, "EUR")
    runtime = Runtime(program)
    try:
        for request in requests:
            facts = facts_of(request)
            state, rows, points = drawn.meaning(request)
            matched = runtime.decide(facts)
            assert matched.disagreement is None
            assert rows_fired(matched) == rows
            assert matched.env["decision.points"] == points
            assert [type(fault) for fault in matched.faults] == {
                "fine": [], "gap": [TableGap], "conflict": [TableConflict]
            }[state]  # fmt: skip
            env, fired = run(program, ValueAlgebra(), facts)
            assert {id.removeprefix("t/") for id, fires in fired.items() if fires and id.startswith("t/")} == rows
            assert env["decision.points"] == points
            assert len(runtime.why_not(matched)) + len(matched.fired) == sum(len(s.rules) for s in program.stages)
    finally:
        runtime.close()


MANY_REQUESTS = st.lists(REQUESTS, min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(tables(), st.booleans(), MANY_REQUESTS)
def test_a_table_means_what_a_look_at_every_row_finds(
    drawn: Drawn, as_csv: bool, requests: list[dict[str, Any]]
) -> None:
    check(drawn, as_csv, requests)


@pytest.fixture
def everything_is_large() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(indexed, "LARGE", 0)
    patch.setattr(indexed, "MOST_STRETCHES", 3)
    patch.setattr(branching, "FEW", 1)
    yield
    patch.undo()


@settings(max_examples=25, deadline=None)
@given(tables(most_rows=14), MANY_REQUESTS)
@pytest.mark.usefixtures("everything_is_large")
def test_so_does_a_table_matched_through_its_indexes(drawn: Drawn, requests: list[dict[str, Any]]) -> None:
    check(drawn, as_csv=True, requests=requests)
