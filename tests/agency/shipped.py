"""The shipped book, loaded once for the tests of this room, and decisions by it as a caller would see them (JSON)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from schemas.decision import dump_decision
from schemas.request import BookChecks, read_request
from schemas.vocabulary import declarations, facts_of
from service.domain.decision import Decision
from service.evaluation import evaluate
from service.matching.runtime import Policy
from service.policy.loader import load_book, read_folder

FOLDER = Path(__file__).parents[2] / "policies" / "agency"
NOW = datetime(2028, 12, 30, 12, tzinfo=UTC)
"""Later than every request here: none comes from the future."""


@cache
def files() -> dict[str, bytes]:
    return read_folder(FOLDER)


@cache
def policy() -> Policy:
    return Policy(load_book(files(), declarations()))


def checks() -> BookChecks:
    book = policy().book
    return BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts)


def decided(body: object, why_not: bool = False) -> Decision:
    request = read_request(body, NOW, checks())
    return evaluate(policy(), request, facts_of(request, policy().book.extra_facts), "d-1", NOW, why_not)


def answer(body: object) -> dict[str, Any]:
    decision: dict[str, Any] = orjson.loads(dump_decision(decided(body)))
    return decision


def rules_of(decision: dict[str, Any]) -> set[str]:
    return {reason["rule"] for reason in decision["reasons"]}
