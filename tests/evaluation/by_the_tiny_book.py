"""Decisions by the tiny book, or by one changed for a test, as a caller of the core sees them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from schemas.request import read_request
from schemas.vocabulary import declarations, facts_of
from service.domain.decision import Decision
from service.evaluation import evaluate
from service.matching.runtimes import Policy
from service.policy.loader import load_book, read_folder

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TINY = Path(__file__).parents[1] / "books" / "tiny"

PLAIN: dict[str, Any] = {
    "currency": "EUR",
    "as_of": "2026-03-02",
    "received_at": "2026-03-02T08:00:00+00:00",
    "client": {"id": "c-1", "name": "Anna", "months_active": 2},
    "job": {
        "title": "Website",
        "scope": "complete",
        "duration_days": 5,
        "lines": [
            {"description": "Design", "cost": 40_000, "fair_price": 60_000, "performer": "Olga", "format": "PDF"},
            {"description": "Code", "cost": 30_000, "fair_price": 40_000, "includes": ["tests"]},
        ],
        "excludes": ["texts"],
    },
}


@cache
def tiny(**changed: bytes) -> Policy:
    """`changed`: files by their name without `.yaml`, `__` for a folder."""
    files = read_folder(TINY)
    files.update({name.replace("__", "/") + ".yaml": content for name, content in changed.items()})
    return Policy(load_book(files, declarations()))


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = deepcopy(dict(base))
    for key, value in change.items():
        result[key] = merged(result.get(key, {}), value) if isinstance(value, Mapping) else value
    return result


def decided(change: Mapping[str, Any] | None = None, policy: Policy | None = None, **options: Any) -> Decision:
    policy = policy or tiny()
    request = read_request(merged(PLAIN, change or {}), NOW)
    return evaluate(policy, request, facts_of(request, policy.book.extra_facts), "d-1", NOW, **options)


HARD_TO_WORK_WITH = {"hassle": {"recent": {"scenes": 4}}}
A_DETAIL_OPEN = {"job": {"open_details": [{"name": "size"}]}}
TEACHES = {"hassle": {"recent": {"teaching": 2}}}


LADDER = b"""
stage: price
tables:
  - id: ladder
    practice: P3
    hit: unique
    columns: [id, client.months_active, "-> markup", reason]
    rows:
      - [new, "< 3", "10 %", "New: {client.months_active}"]
      - [young, "[2..12)", "5 %", "Young: {client.months_active}"]
      - [old, ">= 24", "0 %", "Old: {client.months_active}"]
"""
