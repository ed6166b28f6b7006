"""Tables mean what a look at every row finds, whichever way they are matched, and never answer with silence."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import declarations
from service.matching import branching, indexed
from service.matching.compiled import second_opinion
from service.matching.covers import Cover
from service.matching.runtime import Matched, Runtime
from service.matching.tables import TableConflict, TableGap
from service.policy.binding import bind
from service.policy.book import Book
from service.policy.loader import load_book, read_folder
from service.policy.program import run
from service.policy.values import ValueAlgebra
from tests.matching.tables_at_random import MEMBERS, PRIORITY, REQUESTS, Drawn, tables

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


LADDER = {
    "id": "t",
    "hit": "unique",
    "columns": ["id", "client.orders", "client.category", "-> points", "reason"],
    "rows": [
        ["tiring", "[15..30)", "-", "1", "Tiring ({client.orders})"],
        ["hard", ">= 30", "not(vip)", "2", "Hard"],
        ["too", "[34..40)", "-", "3", "Too"],
    ],
}


def decided(table: dict[str, Any], **request: Any) -> tuple[Runtime, Matched]:
    runtime = Runtime(bind(book_of(table), AS_OF, "EUR"))
    return runtime, runtime.decide(facts_of({name.replace("_", ".", 1): value for name, value in request.items()}))


def test_rows_that_contradict_one_another_are_named_with_the_input() -> None:
    _, matched = decided(LADDER, client_orders=34, client_category="good")
    (fault,) = matched.faults
    assert fault == TableConflict(
        "t", "P3", "price", ("t/hard", "t/too"), (("client.orders", "34"), ("client.category", "good"))
    )
    words = "rows t/hard, t/too contradict one another where client.orders is 34, client.category is good"
    assert str(fault) == words
    assert matched.env["decision.points"] == 0
    assert rows_fired(matched) == set()
    assert matched.disagreement is None


def test_a_table_that_nothing_fits_names_the_input() -> None:
    _, matched = decided(LADDER, client_orders=3, client_category="vip")
    assert matched.faults == (TableGap("t", "P3", "price", (("client.orders", "3"), ("client.category", "vip"))),)
    assert str(matched.faults[0]) == "no row fits where client.orders is 3, client.category is vip"


def test_an_absent_fact_is_called_absent() -> None:
    table = {**LADDER, "columns": ["id", "deal.budget", "-> points"], "rows": [["a", "> 5", "1"]]}
    _, matched = decided(table)
    assert str(matched.faults[0]) == "no row fits where deal.budget is not given"


def test_why_not_tells_the_cells_that_do_not_fit() -> None:
    runtime, matched = decided(LADDER, client_orders=20, client_category="vip")
    told = {entry.rule: [(c.clause, c.actual, c.required) for c in entry.clauses] for entry in runtime.why_not(matched)}
    assert told["t/hard"] == [
        ("client.orders >= 30", "20", "at least 30"),
        ('!(client.category == "vip")', "vip", "not vip"),
    ]
    assert told["t/too"] == [("client.orders >= 34", "20", "at least 34")]


def test_why_not_tells_which_row_stood_before() -> None:
    table = {**LADDER, "hit": "first", "default": {"points": 9}}
    runtime, matched = decided(table, client_orders=34, client_category="good")
    told = {entry.rule: [(c.clause, c.actual, c.required) for c in entry.clauses] for entry in runtime.why_not(matched)}
    assert told["t/too"] == [("t: first", "t/hard fits", "it precedes the others")]
    assert told["t/default"] == [("t: first", "t/hard, t/too fit", "no other row fits")]


def test_a_table_stands_among_rules_of_a_first_slot_in_its_place() -> None:
    """'m/...' comes after the rule 'a' and before the rule 'z', and all lose to a higher priority."""
    rows = [["one", "[0..5)", "friend"], ["two", "[3..9)", "friend"]]
    policy = {
        "stage": "price",
        "rules": [
            {"id": id, "practice": "P3", "when": f"client.orders >= {least}", "then": {"rank": id}, "reason": "-",
             "priority": priority}
            for id, least, priority in (("a", 4, 0), ("z", 0, 0), ("top", 8, 1))
        ],
        "tables": [{"id": "m", "practice": "P3", "hit": "rule order", "columns": ["id", "client.orders", "-> rank"],
                    "rows": [[id, cell, f"m_{id}"] for id, cell, _ in rows], "default": {}, "reason": "-"}],
    }  # fmt: skip
    rank = (
        "\n  rank: {type: enum, values: [none, a, z, top, m_one, m_two], combine: first, initial: none, meaning: x}\n"
    )
    files = {**TINY, "book.yaml": TINY["book.yaml"] + rank.encode(), "t.yaml": json.dumps(policy).encode()}
    for large in (200, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(indexed, "LARGE", large)
            runtime = Runtime(bind(load_book(files, FACTS), AS_OF, "EUR"))
            ranks = []
            for orders in (0, 3, 4, 8, 20):
                matched = runtime.decide(facts_of({"client.orders": orders}))
                assert matched.disagreement is None
                ranks.append(matched.env["decision.rank"])
            assert ranks == ["m_one", "m_one", "a", "top", "top"]
            runtime.close()


def test_two_matchers_that_differ_on_a_large_table_are_caught() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexed, "LARGE", 0)
        program = bind(book_of({**LADDER, "default": {}}), AS_OF, "EUR")
        runtime = Runtime(program)
        facts = facts_of({"client.orders": 20})
        values, flags = second_opinion(program)({**facts, **runtime.decide(facts).env})
        lying = Runtime(program, lambda env: (values, [*flags[:-1], (0,)]))
        assert lying.decide(facts).disagreement == "different rows of t"


def test_a_row_that_both_indexes_overlook_is_found_by_looking_at_every_row() -> None:
    """One input in a hundred is matched row by row: of 2,000 numbers of orders, the 20 or so for which that is so."""
    honest = branching.covers

    def overlooking(*table: Any) -> Any:
        return [[Cover(False) if n == 0 else cover for cover in row] for n, row in enumerate(honest(*table))]

    sheet = "id,client.orders,-> points\nall,>= 0,1\n" + "".join(f"r{n},{n + 5_000},2\n" for n in range(300))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "covers", overlooking)
        patch.setattr(indexed, "covers", overlooking)
        table = {"id": "t", "hit": "unique", "csv": "t.csv", "default": {}}
        runtime = Runtime(bind(book_of(table, ("t.csv", sheet.encode())), AS_OF, "EUR"))
        caught = {n for n in range(2_000) if runtime.decide(facts_of({"client.orders": n})).disagreement}
        runtime.close()
    assert caught == {n for n in range(2_000) if branching.is_scanned((n,))}
    assert 5 <= len(caught) <= 50


def test_a_table_of_thousands_of_rows_answers_like_a_look_at_every_row() -> None:
    rng = random.Random(5)
    rows = []
    for number in range(3_000):
        low = rng.randrange(9_000)
        member = rng.choice(MEMBERS)
        rows.append((low, low + rng.randrange(1, 200), member if rng.random() < 0.7 else "-", number))
    sheet = "\n".join(
        ["id;client.orders;client.category;-> points"]
        + [f"r{number:04};[{low}..{high});{member};{number}" for low, high, member, number in rows]
    )
    runtime = Runtime(
        bind(book_of({"id": "t", "hit": "first", "csv": "t.csv"}, ("t.csv", sheet.encode())), AS_OF, "EUR")
    )
    for _ in range(300):
        orders, category = rng.randrange(9_400), rng.choice(MEMBERS)
        fits = [n for low, high, member, n in rows if low <= orders < high and member in ("-", category)]
        matched = runtime.decide(facts_of({"client.orders": orders, "client.category": category}))
        assert matched.disagreement is None
        assert rows_fired(matched) == ({f"r{fits[0]:04}"} if fits else set())
        assert [type(fault) for fault in matched.faults] == ([] if fits else [TableGap])
        assert len([entry for entry in runtime.why_not(matched) if entry.rule.startswith("t/")]) <= 20
    runtime.close()


@pytest.mark.parametrize("table", [{"hit": "any"}, {"hit": "collect", "aggregate": "min"}], ids=["any", "min"])
def test_a_row_whose_effect_is_tried_without_stands_aside(table: dict[str, Any]) -> None:
    book = book_of({**LADDER, **table})
    rules = tuple(replace(rule, effects=()) if rule.id == "t/hard" else rule for rule in book.rules)
    program = bind(replace(book, rules=rules), AS_OF, "EUR")
    _, fired = run(program, ValueAlgebra(), facts_of({"client.orders": 34}))
    assert {id for id, fires in fired.items() if fires and id.startswith("t/")} == {"t/too"}
