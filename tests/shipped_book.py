"""A book that ships with the product, loaded once for the tests of its room, and decisions by it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from schemas.decision import dump_decision
from schemas.request import BookChecks, read_request
from schemas.vocabulary import declarations, facts_of
from service.cases.mutants import mutants
from service.cases.mutation import Jury, verdicts
from service.cases.running import pose
from service.cases.survivors import Judgement, judgement
from service.domain.decision import Decision
from service.evaluation import evaluate
from service.matching.runtimes import Policy
from service.policy.cases import load_cases, load_survivors
from service.policy.loader import load_book, read_folder

BOOKS = Path(__file__).parents[1] / "policies"
NOW = datetime(2028, 12, 30, 12, tzinfo=UTC)
"""Later than every request of the tests: none comes from the future."""


class ShippedBook:
    def __init__(self, name: str) -> None:
        self.folder = BOOKS / name

    @cached_property
    def files(self) -> dict[str, bytes]:
        return read_folder(self.folder)

    @cached_property
    def policy(self) -> Policy:
        return Policy(load_book(self.files, declarations()))

    @cached_property
    def checks(self) -> BookChecks:
        book = self.policy.book
        return BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts)

    def decided(self, body: object, why_not: bool = False) -> Decision:
        request = read_request(body, NOW, self.checks)
        return evaluate(self.policy, request, facts_of(request, self.policy.book.extra_facts), "d-1", NOW, why_not)

    def answer(self, body: object) -> dict[str, Any]:
        """The decision as a caller would see it."""
        decision: dict[str, Any] = orjson.loads(dump_decision(self.decided(body)))
        return decision

    def mutated(self) -> Judgement:
        """Every change of one place of the book, put to its cases."""
        book = self.policy.book
        jury = Jury(book, [pose(case, self.checks, NOW) for case in load_cases(self.files)])
        assert jury.failing == []
        found = verdicts(jury, mutants(book), processes=os.cpu_count() or 1)
        return judgement(found, load_survivors(self.files))
