"""Files of payments of growing size, brought in by the command: rows per second, and memory, which must not grow."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from service.ledger import migrate

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
FIRST_DAY = date(2025, 3, 1).toordinal()


def measure(full: bool) -> list[dict[str, Any]]:
    return [_row(payments) for payments in (SIZES if full else SIZES[:2])]


def told(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'payments':>10} {'file MiB':>9} {'seconds':>9} {'rows/s':>8} {'again rows/s':>13} {'peak MiB':>9}"]
    lines += [
        f"{row['payments']:>10} {row['file_mib']:>9.1f} {row['seconds']:>9.1f} {row['per_second']:>8}"
        f" {row['again_per_second']:>13} {row['peak_mib']:>9}"
        for row in rows
    ]
    return [*lines, f"memory of the last size to the first: {rows[-1]['peak_mib'] / rows[0]['peak_mib']:.2f}"]


def _row(payments: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="quotewright-bench-") as folder:
        file, url = Path(folder) / "payments.csv", f"sqlite:///{Path(folder) / 'ledger.db'}"
        with file.open("w", encoding="utf-8") as rows:
            rows.writelines(_lines(payments))
        migrate(url)
        first, peak = _brought_in(file, url, f"{payments:,} rows new")
        again, peak_again = _brought_in(file, url, f"{payments:,} rows known before")
        size = file.stat().st_size
    return {
        "payments": payments,
        "file_mib": size / 2**20,
        "seconds": first,
        "per_second": round(payments / first),
        "again_per_second": round(payments / again),
        "peak_mib": max(peak, peak_again) // 1024,
    }


def _lines(payments: int) -> Iterator[str]:
    """Some without a reference, some without a client, some paid back."""
    chance = Random(1)
    yield "reference,client_id,day,amount,currency\n"
    for n in range(payments):
        reference = f"p-{n}" if n % 3 else ""
        client = f"c-{chance.randrange(max(payments // 20, 1))}" if n % 50 else ""
        day = date.fromordinal(FIRST_DAY + chance.randrange(365)).isoformat()
        cents = chance.randrange(-5_000, 100_000)
        yield f"{reference},{client},{day},{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02},EUR\n"


def _brought_in(file: Path, url: str, wanted: str) -> tuple[float, int]:
    """Seconds, and the most memory that was resident, in KiB."""
    command = (sys.executable, "-m", "service.cli", "clients", "import", str(file), "--kind", "payments")
    start = time.perf_counter()
    with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        said = run.stdout.read()
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode or wanted not in said:
        raise RuntimeError(f"the import ended with {run.returncode}: {said}")
    return time.perf_counter() - start, used.ru_maxrss
