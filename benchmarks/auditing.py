"""What an auditor waits for: every record verified, every decision exported, and how much memory that takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import books
from benchmarks.ledgers import Filling, ledgers
from service.exporting.exports import FORMATS

SIZES = (20_000, 100_000)
COMMAND = "import sys; from service.cli import main; sys.exit(main())"


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    result: dict[str, Any] = {}
    with ledgers() as urls:
        for kind, url in urls.items():
            filling = Filling(url)
            result[kind] = [_row(filling, url, size) for size in sizes]
    return result


def told(result: dict[str, Any]) -> list[str]:
    lines = [f"{'':>11} {'decisions':>10} {'':>8} {'rows/s':>9} {'peak MiB':>9}"]
    for kind, rows in result.items():
        for row in rows:
            for name, figures in row["commands"].items():
                lines.append(
                    f"{kind:>11} {row['decisions']:>10} {name:>8} {figures['rows_per_second']:>9} "
                    f"{figures['peak_mib']:>9}"
                )
    return lines


def _row(filling: Filling, url: str, size: int) -> dict[str, Any]:
    filling.up_to(size)
    with TemporaryDirectory(prefix="quotewright-bench-") as folder:
        commands = {"verify": ["verify"]}
        commands |= {name: ["export", "--format", name, "--out", str(Path(folder) / name)] for name in FORMATS}
        return {"decisions": size, "commands": {name: _run(words, url, size) for name, words in commands.items()}}


def _run(words: list[str], url: str, size: int) -> dict[str, Any]:
    """As whoever types it: the start of the command counts."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "audit", *words, "--database", url], cwd=books.ROOT, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    if status:
        raise RuntimeError(f"quotewright audit {' '.join(words)}: status {status}")
    return {"rows_per_second": round(size / taken), "peak_mib": _mib(used)}


def _mib(used: resource.struct_rusage) -> int:
    return used.ru_maxrss // 1024
