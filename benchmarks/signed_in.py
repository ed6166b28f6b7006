"""What it costs /evaluate to know who asks: the same service with sign-in off and on, in turns, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import books
from benchmarks.load import post, under_load
from benchmarks.over_http import MOST_ANSWERS, WARM_SECONDS, plain, serving

CONNECTIONS = 16
ROUNDS = 3
PASSWORD = "seven small grey stones"
INIT = "import sys; from service.cli import main; sys.exit(main())"


def measure(seconds: float, sample: str = "video") -> dict[str, Any]:
    body = books.requests()[sample]
    limits = (CONNECTIONS, seconds, WARM_SECONDS, MOST_ANSWERS)
    with tempfile.TemporaryDirectory() as off, tempfile.TemporaryDirectory() as on:
        token = first_token(f"sqlite:///{on}/ledger.db")
        with serving(Path(off)) as anyone, serving(Path(on), SIGN_IN="on") as known:
            rounds = [
                (
                    under_load(anyone, post("/evaluate", body), *limits),
                    under_load(known, post("/evaluate", body, token), *limits),
                )
                for _ in range(ROUNDS)
            ]
    ratios = [signed_in.per_second / anyone.per_second for anyone, signed_in in rounds]
    return {
        "connections": CONNECTIONS,
        "rounds": [{"off": plain(anyone), "on": plain(signed_in)} for anyone, signed_in in rounds],
        "ratio": round(statistics.median(ratios), 3),
    }


def told(result: dict[str, Any]) -> list[str]:
    lines = [f"{'sign-in':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8}  answers, {result['connections']} connections"]
    for each in result["rounds"]:
        for name, load in each.items():
            figures = f"{load['per_second']:>8.0f} {load['p50_ms']:>8.2f} {load['p99_ms']:>8.2f}"
            lines.append(f"{name:>8} {figures}  {load['statuses']}")
    return [*lines, f"{'ratio':>8} {result['ratio']:>8}"]


def first_token(url: str) -> str:
    command = [sys.executable, "-c", INIT, "init", "--name", "boss", "--password-stdin", "--database", url]
    made = subprocess.run(command, input=PASSWORD, cwd=books.ROOT, capture_output=True, text=True, check=True)
    return made.stdout.strip()
