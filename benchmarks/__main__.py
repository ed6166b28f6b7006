"""`make bench`: measures, prints what to compare, writes benchmarks/results/<time>.json."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import in_process, matching, memory, over_http, shadow, signed_in, tables

RESULTS = Path(__file__).parent / "results"
PARTS = ("evaluation", "matching", "tables", "http", "sign-in", "shadow", "memory")


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
    parser.add_argument("--full", action="store_true", help="memory over 1,000,000 evaluations and 1,000 reloads")
    return parser.parse_args()


def _measured(part: str, arguments: argparse.Namespace) -> Any:
    seconds = arguments.seconds
    result: Any
    match part:
        case "evaluation":
            print("\n== facts to decision, in process (ratio: to the 50-rule book)", flush=True)
            result = in_process.measure(seconds)
            lines = in_process.told(result)
        case "matching":
            print("\n== the same rules, matched by each reader (ratio: to handwritten Python)", flush=True)
            result = matching.measure(seconds)
            lines = matching.told(result)
        case "tables":
            print("\n== facts to decision with one decision table (ratio: to 40 rows)", flush=True)
            result = tables.measure(seconds)
            lines = tables.told(result)
        case "http":
            print("\n== POST /evaluate beside a bare Flask route, gunicorn, 2 workers, SQLite", flush=True)
            result = over_http.measure(seconds)
            lines = over_http.told(result)
        case "sign-in":
            print("\n== POST /evaluate with a bearer token beside sign-in off, same server settings", flush=True)
            result = signed_in.measure(seconds)
            lines = signed_in.told(result)
        case "shadow":
            print("\n== POST /evaluate with a candidate in the shadow of every request, and without", flush=True)
            result = shadow.measure(seconds)
            lines = shadow.told(result)
        case _:
            evaluations, reloads = (1_000_000, 1_000) if arguments.full else (50_000, 50)
            print(f"\n== memory over {evaluations} evaluations and {reloads} reloads", flush=True)
            # In a process of its own: memory that the other parts gave back would hide a leak.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as own:
                result = own.submit(memory.measure, evaluations, reloads).result()
            lines = memory.told(result)
    print(*lines, sep="\n", flush=True)
    return result


if __name__ == "__main__":
    main()
