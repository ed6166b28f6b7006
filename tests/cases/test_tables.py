"""Rows of a decision table are covered and changed like rules."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.cases.coverage import clause_reach, rule_reach
from service.cases.mutants import mutants
from service.cases.mutation import Fate, Jury
from service.cases.running import Posed, pose
from service.policy.book import Book
from service.policy.cases import load_cases
from service.policy.loader import load_book
from tests.cases.conftest import NOW

LADDER = b"""
stage: price
tables:
  - id: ladder
    practice: P3
    hit: unique
    columns: [id, client.hassle_score, "-> markup"]
    reason: "Score {client.hassle_score}"
    rows:
      - [easy, "[0..4)", "0 %"]
      - [hard, "[4..10)", "10 %"]
      - [worse, ">= 10", "20 %"]
"""


@pytest.fixture(scope="module")
def laddered(files: Mapping[str, bytes]) -> Book:
    cases = files["cases/all.yaml"].replace(b"hassle-markup", b"ladder/hard")
    return load_book({**files, "price.yaml": LADDER, "cases/all.yaml": cases}, declarations())


@pytest.fixture(scope="module")
def asked(files: Mapping[str, bytes], laddered: Book, checks: BookChecks) -> list[Posed]:
    cases = files["cases/all.yaml"].replace(b"hassle-markup", b"ladder/hard")
    return [pose(case, checks, NOW) for case in load_cases({"cases/all.yaml": cases})]


def test_rows_decide_cases(laddered: Book, asked: list[Posed]) -> None:
    reach = {one.rule.id: (one.fired_in, one.decides) for one in rule_reach(laddered, asked)}
    # Without `easy` nothing would fit a score of 3: the decision would be held.
    assert reach["ladder/easy"] == (1, "hassle-outside")
    assert reach["ladder/hard"] == (1, "hassle-applies")
    assert reach["ladder/worse"] == (0, "")


def test_cells_are_clauses(laddered: Book, asked: list[Posed]) -> None:
    seen = {one.subject: (one.true, one.false) for one in clause_reach(laddered, asked)}
    assert seen["ladder/worse"] == (0, 2)


@pytest.mark.parametrize(
    ("id", "fate"),
    [
        ("ladder/easy: removed", Fate.NOTICED),
        ("ladder/hard: removed", Fate.NOTICED),
        ("ladder/worse: removed", Fate.SURVIVED),
        # A score of 4 fits both rows: a conflict, so the decision is held.
        ("ladder/easy when: client.hassle_score < 4 -> client.hassle_score <= 4", Fate.NOTICED),
        ("ladder/worse when: client.hassle_score >= 10 -> client.hassle_score > 10", Fate.SURVIVED),
        ("ladder/hard then markup: 10 -> 11", Fate.NOTICED),
        ("ladder/worse then markup: 20 -> 19", Fate.SURVIVED),
    ],
)
def test_changes_of_rows(laddered: Book, asked: list[Posed], id: str, fate: Fate) -> None:
    found = {mutant.id: mutant for mutant in mutants(laddered)}
    assert id in found, [other for other in found if other.startswith("ladder/")]
    assert Jury(laddered, asked).verdict(found[id]).fate is fate
