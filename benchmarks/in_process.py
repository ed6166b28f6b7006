"""Facts to decision, in one process without HTTP or ledger: the agency book, then generated books of growing size."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from benchmarks import books
from benchmarks.timing import measured
from schemas.request import load_request
from schemas.vocabulary import declarations, facts_of
from service.domain.facts import Value
from service.domain.quote import QuoteRequest
from service.evaluation import evaluate
from service.matching.runtimes import Policy
from service.policy.loader import load_book

SIZES = (50, 200, 1000, 5000)
NOW = datetime(2027, 1, 1, 10, tzinfo=UTC)
"""After all samples came in."""

Case = tuple[QuoteRequest, dict[str, Value]]


def cases(policy: Policy) -> list[Case]:
    """The samples in the book's own currency: generated books have few rates."""
    requests = [load_request(body, NOW) for body in books.requests().values()]
    book = policy.book
    return [(r, facts_of(r, book.extra_facts)) for r in requests if r.currency == book.currency]


def measure(seconds: float, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    rows = [_row("agency", books.agency(), seconds)]
    rows += [_row(f"{size} rules", books.generated(size), seconds) for size in sizes]
    base = rows[1]["us"]["p50"]
    for row in rows:
        row["ratio_to_smallest"] = round(row["us"]["p50"] / base, 2)
    return rows


def _row(name: str, files: Mapping[str, bytes], seconds: float) -> dict[str, Any]:
    start = time.perf_counter()
    book = load_book(files, declarations())
    policy = Policy(book)
    inputs = cases(policy)
    first = time.perf_counter()
    for request, facts in inputs[:1]:
        evaluate(policy, request, facts, "benchmark", NOW)
    ready = time.perf_counter()

    def decide(case: Case) -> object:
        return evaluate(policy, case[0], case[1], "benchmark", NOW)

    fired = [len(evaluate(policy, request, facts, "benchmark", NOW).reasons) for request, facts in inputs]
    return {
        "book": name,
        "rules": len(book.rules),
        "fired_mean": round(sum(fired) / len(fired), 1),
        "load_seconds": round(first - start, 3),
        "first_decision_seconds": round(ready - first, 3),
        "us": measured(decide, inputs, seconds).plain(),
    }


def told(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"{'book':>12} {'rules':>6} {'fired':>6} {'load s':>7} {'first s':>8} {'p50 us':>8} {'p99 us':>8} {'ratio':>6}"
    ]
    for row in rows:
        us = row["us"]
        lines.append(
            f"{row['book']:>12} {row['rules']:>6} {row['fired_mean']:>6} {row['load_seconds']:>7.2f} "
            f"{row['first_decision_seconds']:>8.2f} {us['p50']:>8.1f} {us['p99']:>8.1f} {row['ratio_to_smallest']:>6}"
        )
    return lines
