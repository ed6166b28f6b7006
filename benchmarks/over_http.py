"""POST /evaluate under gunicorn beside a bare Flask route: same server settings, request and answer sizes, same run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks import books
from benchmarks.load import Load, post, under_load

CONNECTIONS = (1, 16, 64)
WORKERS = 2
THREADS = 16
MOST_ANSWERS = 100_000
WARM_SECONDS = 1.0
SERVE = "import sys; from service.cli import main; sys.exit(main())"
GUNICORN = "import sys; from gunicorn.app.wsgiapp import run; sys.exit(run())"


def measure(seconds: float, sample: str = "video") -> list[dict[str, Any]]:
    body = books.requests()[sample]
    rows = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as service_port:
        size = _answer_bytes(service_port, body)
        with _bare(Path(folder), size) as bare_port:
            for connections in CONNECTIONS:
                limits = (connections, seconds, WARM_SECONDS, MOST_ANSWERS)
                bare = under_load(bare_port, post("/evaluate", body), *limits)
                service = under_load(service_port, post("/evaluate", body), *limits)
                rows.append(
                    {
                        "connections": connections,
                        "request_bytes": len(body),
                        "bare": plain(bare),
                        "service": plain(service),
                        "ratio": round(service.per_second / bare.per_second, 3),
                    }
                )
    return rows


def told(rows: list[dict[str, Any]]) -> list[str]:
    sizes = f"request {rows[0]['request_bytes']} bytes, answers {rows[0]['bare']['answer_bytes']} (bare) and "
    lines = [
        sizes + f"{rows[0]['service']['answer_bytes']} (service)",
        f"{'connections':>12} {'':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8}  answers",
    ]
    for row in rows:
        for name in ("bare", "service"):
            load = row[name]
            lines.append(
                f"{row['connections']:>12} {name:>8} {load['per_second']:>8.0f} {load['p50_ms']:>8.2f} "
                f"{load['p99_ms']:>8.2f}  {load['statuses']}"
            )
        lines.append(f"{'':>12} {'ratio':>8} {row['ratio']:>8}")
    return lines


def plain(load: Load) -> dict[str, Any]:
    return {
        "per_second": round(load.per_second, 1),
        "p50_ms": round(load.latency.p50 / 1000, 3),
        "p99_ms": round(load.latency.p99 / 1000, 3),
        "statuses": load.statuses,
        "answer_bytes": load.answer_bytes,
    }


def serving(folder: Path, **chosen: str) -> Any:
    port = _free_port()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
        "WORKERS": str(WORKERS),
        "THREADS": str(THREADS),
        "RATE_LIMIT": "100000000/minute",
        **chosen,
    }
    return _server([sys.executable, "-c", SERVE, "serve", "--port", str(port)], port, "/readyz", environment, folder)


def _bare(folder: Path, answer_bytes: int) -> Any:
    port = _free_port()
    command = [
        sys.executable,
        "-c",
        GUNICORN,
        "--workers",
        str(WORKERS),
        "--worker-class",
        "gthread",
        "--threads",
        "16",
    ]
    command += ["--bind", f"127.0.0.1:{port}", "benchmarks.bare:create_app()"]
    return _server(command, port, "/", {"BARE_ANSWER_BYTES": str(answer_bytes)}, folder)


@contextmanager
def _server(command: list[str], port: int, path: str, environment: dict[str, str], folder: Path) -> Iterator[int]:
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=books.ROOT, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _await_answer(f"http://127.0.0.1:{port}{path}", process, log)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            urlopen(url, timeout=5).close()
            return
        except URLError as refused:
            if getattr(refused, "code", 503) != 503:
                return
        except ConnectionError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"{' '.join(process.args)} did not start:\n{log.read_text()[-2000:]}")


def _answer_bytes(port: int, body: bytes) -> int:
    request = Request(f"http://127.0.0.1:{port}/evaluate", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return len(answer.read())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
