"""What a candidate in the shadow of all requests costs /evaluate: one service without a run and with one, in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import books
from benchmarks.load import post, under_load
from benchmarks.over_http import MOST_ANSWERS, SERVE, WARM_SECONDS, plain, serving
from benchmarks.signed_in import first_token
from service.ledger import Database
from service.ledger.shadow import ShadowRuns

CONNECTIONS = 16
ROUNDS = 3
TAKEN_UP_SECONDS = 2.0
PROFIT = 'minimum_profit: {type: percent, practice: P1, values: {2026-01-01: "%d %%"}'


def measure(seconds: float, sample: str = "video") -> dict[str, Any]:
    body = books.requests()[sample]
    limits = (CONNECTIONS, seconds, WARM_SECONDS, MOST_ANSWERS)
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.db"
        environment = {"DATABASE_URL": url, "QUOTEWRIGHT_TOKEN": first_token(url)}
        with serving(Path(folder)) as port:
            candidate = _drafted(Path(folder) / "drafts", environment)
            for _ in range(ROUNDS):
                alone = under_load(port, post("/evaluate", body), *limits)
                run = _policy(environment, "shadow", candidate).partition(":")[0]
                time.sleep(TAKEN_UP_SECONDS)
                shadowed = under_load(port, post("/evaluate", body), *limits)
                tried = _tried(url, run)
                _policy(environment, "shadow-end")
                time.sleep(TAKEN_UP_SECONDS)  # what still waits is dropped, and burdens nobody's figure
                rounds.append((alone, shadowed, tried))
    ratios = [shadowed.per_second / alone.per_second for alone, shadowed, _ in rounds]
    return {
        "connections": CONNECTIONS,
        "rounds": [
            {"alone": plain(alone), "shadowed": plain(shadowed), "tried": tried} for alone, shadowed, tried in rounds
        ],
        "ratio": round(statistics.median(ratios), 3),
    }


def told(result: dict[str, Any]) -> list[str]:
    lines = [f"{'':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8}  answers, {result['connections']} connections"]
    for each in result["rounds"]:
        for name in ("alone", "shadowed"):
            load = each[name]
            figures = f"{load['per_second']:>8.0f} {load['p50_ms']:>8.2f} {load['p99_ms']:>8.2f}"
            lines.append(f"{name:>8} {figures}  {load['statuses']}")
        lines.append(f"{'tried':>8} {each['tried']:>8}")
    return [*lines, f"{'ratio':>8} {result['ratio']:>8}"]


def _drafted(drafts: Path, environment: dict[str, str]) -> str:
    """A version that is other than the one in force, as any candidate is."""
    in_force = _policy(environment, "in-force").partition(": ")[0]
    _policy(environment, "export", in_force, str(drafts))
    parameters = drafts / "parameters.yaml"
    parameters.write_text(parameters.read_text().replace(PROFIT % 20, PROFIT % 25))
    return _policy(environment, "draft", str(drafts), "--note", "a candidate").strip()


def _policy(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-c", SERVE, "policy", *arguments]
    ran = subprocess.run(
        command, cwd=books.ROOT, env=os.environ | environment, capture_output=True, text=True, check=True
    )  # fmt: skip
    return ran.stdout


def _tried(url: str, run: str) -> int:
    database = Database(url)
    report = ShadowRuns(database).report(run)
    database.close()
    return report.tried if report else 0
