"""`make bench`: measures, prints what to compare, writes benchmarks/results/<time>.json."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    auditing,
    bringing_in,
    clients,
    growth,
    in_batches,
    in_process,
    matching,
    memory,
    over_http,
    shadow,
    signed_in,
    tables,
)

RESULTS = Path(__file__).parent / "results"


def _memory(arguments: argparse.Namespace) -> Any:
    evaluations, reloads = (1_000_000, 1_000) if arguments.full else (50_000, 50)
    # In a process of its own: memory that the other parts gave back would hide a leak.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as own:
        return own.submit(memory.measure, evaluations, reloads).result()


PARTS: dict[str, tuple[str, Callable[[argparse.Namespace], Any], Callable[[Any], list[str]]]] = {
    "evaluation": (
        "facts to decision, in process (ratio: to the 50-rule book)",
        lambda asked: in_process.measure(asked.seconds), in_process.told,
    ),
    "matching": (
        "the same rules, matched by each reader (ratio: to handwritten Python)",
        lambda asked: matching.measure(asked.seconds), matching.told,
    ),
    "tables": (
        "facts to decision with one decision table (ratio: to 40 rows)",
        lambda asked: tables.measure(asked.seconds), tables.told,
    ),
    "http": (
        "POST /evaluate beside a bare Flask route, gunicorn, 2 workers",
        lambda asked: over_http.measure(asked.seconds), over_http.told,
    ),
    "batch": (
        "POST /evaluate/batch beside deciding in process",
        lambda asked: in_batches.measure(), in_batches.told,
    ),
    "sign-in": (
        "POST /evaluate with a bearer token beside sign-in off, same server settings",
        lambda asked: signed_in.measure(asked.seconds), signed_in.told,
    ),
    "shadow": (
        "POST /evaluate with a candidate in the shadow of every request, and without",
        lambda asked: shadow.measure(asked.seconds), shadow.told,
    ),
    "audit": (
        "quotewright audit verify and export",
        lambda asked: auditing.measure(), auditing.told,
    ),
    "growth": (
        "a decision in a growing ledger (ratio: to the first size)",
        lambda asked: growth.measure(asked.full), growth.told,
    ),
    "clients": (
        "the firm's books: lists of all clients, facts of one",
        lambda asked: clients.measure(asked.full), clients.told,
    ),
    "import": (
        "quotewright clients import, the same file twice",
        lambda asked: bringing_in.measure(asked.full), bringing_in.told,
    ),
    "memory": ("memory over many evaluations and reloads", _memory, memory.told),
}  # fmt: skip
"""Heading, what measures, and what tells of it."""


def main() -> None:
    arguments = _arguments()
    result: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }
    for part in arguments.only or PARTS:
        result[part] = _measured(part, arguments)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure; only ratios travel.")
    parser.add_argument("only", nargs="*", choices=[[], *PARTS], help="what to measure (default: all)")
    parser.add_argument("--seconds", type=float, default=5.0, help="longest time for one figure (default 5)")
    parser.add_argument(
        "--full",
        action="store_true",
        help="memory over 1,000,000 evaluations and 1,000 reloads; growth to 5,000,000 decisions; lists of 20,000,000"
        " payments; imports of 10,000,000",
    )
    return parser.parse_args()


def _measured(part: str, arguments: argparse.Namespace) -> Any:
    heading, measure, told = PARTS[part]
    print(f"\n== {heading}", flush=True)
    result = measure(arguments)
    print(*told(result), sep="\n", flush=True)
    return result


if __name__ == "__main__":
    main()
