"""One decision table of 40 and of 10,000 rows, in CSV: how long it takes to load and what a decision costs."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterable
from itertools import pairwise
from random import Random
from typing import Any

from benchmarks import books
from benchmarks.in_process import NOW, Case, cases
from benchmarks.timing import measured
from schemas.vocabulary import declarations
from service.evaluation import evaluate
from service.matching.runtimes import Policy
from service.policy.loader import load_book

SIZES = (40, 10_000)
REQUESTS = 2_000
_MOST_ORDERS, _MOST_CLIENTS = 10_000, 100_000


class TableAtFault(RuntimeError):
    """Of a table whose rows cover everything once, each decision has just one row."""


def measure(seconds: float) -> list[dict[str, Any]]:
    shapes = {"ladder": _ladder, "grid": _grid}
    rows = [_row(shape, size, sheet(size), seconds) for shape, sheet in shapes.items() for size in SIZES]
    for small, large in zip(rows[::2], rows[1::2], strict=True):
        large["ratio"] = round(large["us"]["p50"] / small["us"]["p50"], 2)
    return rows


def told(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'table':>8} {'rows':>7} {'load s':>7} {'first s':>8} {'p50 us':>8} {'p99 us':>8} {'ratio':>6}"]
    for row in rows:
        us = row["us"]
        lines.append(
            f"{row['table']:>8} {row['rows']:>7} {row['load_seconds']:>7.2f} {row['first_decision_seconds']:>8.2f} "
            f"{us['p50']:>8.1f} {us['p99']:>8.1f} {row.get('ratio', 1):>6}"
        )
    return lines


def _row(shape: str, size: int, sheet: bytes, seconds: float) -> dict[str, Any]:
    table = {"id": "steps", "practice": "P3", "hit": "unique", "csv": "steps.csv", "reason": "A step of the table"}
    policy_file = json.dumps({"stage": "price", "tables": [table]}).encode()
    start = time.perf_counter()
    book = load_book({**books.skeleton(), "steps.yaml": policy_file, "steps.csv": sheet}, declarations())
    policy = Policy(book)
    loaded = time.perf_counter()
    inputs = _inputs(policy)
    first = time.perf_counter()

    def decide(case: Case) -> object:
        return evaluate(policy, case[0], case[1], "benchmark", NOW)

    decide(inputs[0])
    ready = time.perf_counter()
    for request, facts in inputs:
        found = [reason for reason in evaluate(policy, request, facts, "b", NOW).reasons if "/" in reason.rule]
        if len(found) != 1:
            raise TableAtFault(f"{len(found)} rows of {size} fired")
    return {
        "table": shape,
        "rows": size,
        "load_seconds": round(loaded - start, 3),
        "first_decision_seconds": round(ready - first, 3),
        "us": measured(decide, inputs, seconds).plain(),
    }


def _inputs(policy: Policy) -> list[Case]:
    """The samples, each with values of its own for what the table reads."""
    random = Random(11)
    samples = cases(policy)
    inputs = []
    for number in range(REQUESTS):
        request, facts = samples[number % len(samples)]
        own = {
            "client.orders": random.randrange(_MOST_ORDERS + 1),
            "firm.clients": random.randrange(_MOST_CLIENTS + 1),
            "client.category": random.choice(("vip", "good", "regular", "other")),
        }
        inputs.append((request, {**facts, **own}))
    return inputs


def _ladder(size: int) -> bytes:
    """Steps of one number, each for four categories of clients."""
    steps = _steps(size // 4, _MOST_ORDERS)
    categories = ("vip", "good", "regular", "other")
    cells = [(step, category) for step in steps for category in categories]
    return _sheet(["client.orders", "client.category"], cells)


def _grid(size: int) -> bytes:
    """Steps of two numbers."""
    side = int(size**0.5)
    rows = _steps(size // side, _MOST_ORDERS)
    columns = _steps(side, _MOST_CLIENTS)
    cells = [(row, column) for row in rows for column in columns]
    rest = size - len(cells)
    return _sheet(["client.orders", "firm.clients"], cells, rest)


def _steps(count: int, most: int) -> list[str]:
    ends = [most * step // count for step in range(count)]
    return [f"[{low}..{high})" for low, high in pairwise(ends)] + [f">= {ends[-1]}"]


def _sheet(inputs: list[str], cells: Iterable[tuple[str, str]], rest: int = 0) -> bytes:
    """`rest`: rows to add that fit no request, so that tables of different shapes have as many rows."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow([*inputs, "-> markup"])
    for number, pair in enumerate(cells):
        writer.writerow([*pair, f"{number % 50} %"])
    for number in range(rest):
        writer.writerow(["> 10000", f"> {100_000 + number}", "1 %"])
    return written.getvalue().encode()
