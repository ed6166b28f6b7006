"""The translation bureau's book, loaded once for the tests of this room, and decisions by it as JSON."""

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
from service.evaluation import evaluate
from service.matching.runtime import Policy
from service.policy.loader import load_book, read_folder

BOOKS = Path(__file__).parents[2] / "policies"
FOLDER = BOOKS / "translation"
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


def answer(body: object) -> dict[str, Any]:
    request = read_request(body, NOW, checks())
    facts = facts_of(request, policy().book.extra_facts)
    decision: dict[str, Any] = orjson.loads(dump_decision(evaluate(policy(), request, facts, "d-1", NOW)))
    return decision
