"""POST /evaluate/batch with one worker beside deciding in process: what HTTP and the ledger leave of it."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson

from benchmarks import books
from benchmarks.in_process import NOW
from benchmarks.ledgers import ledgers
from benchmarks.over_http import serving
from schemas.decision import dump_decision
from schemas.request import load_request
from schemas.vocabulary import facts_of
from service.evaluation import evaluate
from service.opening import opened

LINES = 1_000
ROUNDS = 5


def measure(sample: str = "video") -> list[dict[str, Any]]:
    """In process: body to decision and answer. One after the other in turns; the ratio is the median of the rounds'."""
    line = orjson.dumps(orjson.loads(books.requests()[sample]))
    rows = []
    with tempfile.TemporaryDirectory() as folder, ledgers() as urls:
        for kind, url in urls.items():
            key = f"{folder}/{kind}.key"
            with serving(Path(folder), DATABASE_URL=url, LEDGER_KEY_FILE=key, WORKERS="1") as port:
                rounds = [(_in_process(line), _posted(port, line)) for _ in range(ROUNDS)]
            rows.append(
                {
                    "database": kind,
                    "rounds": [{"in_process": round(alone), "batch": round(batch)} for alone, batch in rounds],
                    "ratio": round(statistics.median(batch / alone for alone, batch in rounds), 3),
                }
            )
    return rows


def told(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'':>11} {'in process/s':>13} {'batch/s':>9}   {LINES} lines a batch, one worker"]
    for row in rows:
        lines += [f"{row['database']:>11} {each['in_process']:>13} {each['batch']:>9}" for each in row["rounds"]]
        lines.append(f"{'':>11} {'ratio':>13} {row['ratio']:>9}")
    return lines


def _in_process(body: bytes) -> float:
    in_force = opened(books.agency(), NOW.date())
    start = time.perf_counter()
    for _ in range(LINES):
        request = load_request(body, NOW)
        facts = facts_of(request, in_force.policy.book.extra_facts)
        dump_decision(evaluate(in_force.policy, request, facts, "benchmark", NOW))
    return LINES / (time.perf_counter() - start)


def _posted(port: int, line: bytes) -> float:
    headers = {"Content-Type": "application/x-ndjson"}
    request = Request(f"http://127.0.0.1:{port}/evaluate/batch", b"\n".join([line] * LINES), headers)
    start = time.perf_counter()
    with urlopen(request, timeout=120) as answer:
        answers = answer.read().splitlines()
    taken = time.perf_counter() - start
    assert len(answers) == sum(b'"decision_id"' in each for each in answers) == LINES, answers[0]
    return LINES / taken
