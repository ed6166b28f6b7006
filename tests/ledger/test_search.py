"""Decisions are found by what they are and by what was done to them, page by page, and all in turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service.domain.people import Role
from service.ledger import Erasures, Ledger, Outcomes, Overrides, new_decision_id, search
from service.ledger.bodies import UnreadableBody
from service.ledger.entries import Recorded
from service.ledger.log.checkpoints import Signer
from service.ledger.log.sealing import Sealer
from service.ledger.search import Search, Wanted
from tests.ledger.conftest import NOON, EntryMaker
from tests.ledger.test_outcomes import LOST, tell, won
from tests.ledger.test_overrides import override

MADE: list[dict[str, Any]] = [
    {"client_id": "c-1", "target": 100, "rules": ("a", "b_1")},
    {"client_id": "c-2", "target": 200, "rules": ("bx1",), "caller": "u-2"},
    {"client_id": "c-1", "target": None, "outcome": "decline", "rules": ()},
    {"client_id": "c-3", "target": 300, "currency": "USD", "rules": ("a",)},
]
"""One an hour, from noon on."""


@pytest.fixture
def searched(ledger: Ledger, entry: EntryMaker) -> Search:
    made = []
    for hour, changed in enumerate(MADE):
        at = NOON + timedelta(hours=hour)
        made.append(entry(id=new_decision_id(at), recorded_at=at, **changed))
        ledger.record(made[-1:])
    Overrides(ledger.database).add(override(made[0], role=Role.FINANCE))
    ends = Outcomes(ledger.database)
    tell(ends, made[0], won())
    tell(ends, made[0], LOST)
    tell(ends, made[3], won())
    return Search(ledger.database)


HOUR = timedelta(hours=1)


def _id(seconds: int) -> str:
    return new_decision_id(NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), [3, 2, 1, 0]),
        (Wanted(client_id="c-1"), [2, 0]),
        (Wanted(caller="u-2"), [1]),
        (Wanted(since=NOON + HOUR), [3, 2, 1]),
        (Wanted(until=NOON + HOUR), [0]),
        (Wanted(since=NOON + HOUR, until=NOON + 2 * HOUR), [1]),
        (Wanted(version="sha256:2"), []),
        (Wanted(book="agency", version="sha256:1", outcome="decline"), [2]),
        (Wanted(rule="a"), [3, 0]),
        (Wanted(rule="b_1"), [0]),
        (Wanted(rule="%"), []),
        (Wanted(rules_among=frozenset({"bx1", "b_1"})), [1, 0]),
        (Wanted(rules_among=frozenset()), []),
        (Wanted(lowest=200), [3, 1]),
        (Wanted(highest=200, currency="EUR"), [1, 0]),
        (Wanted(overridden=True), [0]),
        (Wanted(overridden=False), [3, 2, 1]),
        (Wanted(overridden_by_role="finance"), [0]),
        (Wanted(overridden_by_role="manager"), []),
        (Wanted(result="won"), [3]),
        (Wanted(result="lost"), [0]),
    ],
)
def test_what_is_found(searched: Search, wanted: Wanted, expected: list[int]) -> None:
    ids = [one.decision_id for one in searched.all(Wanted())]
    page = searched.page(wanted, 10)
    assert [ids.index(one.decision_id) for one in page.found] == expected
    assert page.next is None
    assert [ids.index(one.decision_id) for one in searched.all(wanted)] == expected[::-1]


def test_what_is_told_of_one(ledger: Ledger, searched: Search) -> None:
    Sealer(ledger.database, Signer("x", bytes(32)), lambda: NOON).seal()
    first, second, *_ = searched.all(Wanted())
    assert (first.overridden, first.result, first.position, first.kept) == (True, "lost", 0, True)
    assert (first.target, first.rules, first.client_id) == (100, ("a", "b_1"), "c-1")
    assert (second.overridden, second.result, second.position) == (False, None, 1)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(rules_among=frozenset({"a", "b"}))])
def test_pages_follow_one_another_undisturbed(
    ledger: Ledger, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch, wanted: Wanted
) -> None:
    monkeypatch.setattr(search, "EXAMINED", 7)
    made = [one.decision_id for one in ledger.record([entry(id=_id(n)) for n in range(23)])]
    searched = Search(ledger.database)
    page = searched.page(wanted, 5)
    seen = [one.decision_id for one in page.found]
    ledger.record([entry(id=_id(23))])
    while page.next:
        page = searched.page(wanted, 5, page.next)
        assert len(page.found) <= 5
        seen += [one.decision_id for one in page.found]
    assert seen == sorted(made, reverse=True)


def test_a_rare_one_is_found_over_empty_pages(
    ledger: Ledger, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "EXAMINED", 10)
    (rare,) = ledger.record([entry(id=_id(0), target=7)])
    ledger.record([entry(id=_id(n)) for n in range(1, 26)])
    searched, wanted = Search(ledger.database), Wanted(highest=7)
    pages = [searched.page(wanted, 5)]
    while pages[-1].next:
        pages.append(searched.page(wanted, 5, pages[-1].next))
    assert [len(page.found) for page in pages] == [0, 0, 1]
    assert pages[-1].found[0].decision_id == rare.decision_id


def test_words_come_with_those_that_are_kept(ledger: Ledger, searched: Search) -> None:
    Erasures(ledger.database).erase("c-2", "u-ada", "asked for", NOON)
    with ledger.database.writes() as connection:
        connection.execute(text("UPDATE decisions SET body = :body WHERE client_id = 'c-3'"), {"body": b"\x01x"})
    told = [one for _, one in searched.recorded(Wanted())]
    assert [one.kept for one in searched.all(Wanted())] == [True, False, True, True]
    assert [one.kept for one in told if isinstance(one, Recorded)] == [True, False, True]
    assert isinstance(told[3], UnreadableBody)


def test_more_than_are_held_at_once(ledger: Ledger, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 4)
    made = sorted(one.decision_id for one in ledger.record([entry() for _ in range(9)]))
    assert [one.decision_id for one in Search(ledger.database).all(Wanted())] == made
