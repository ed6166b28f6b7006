"""POST /evaluate under gunicorn beside a bare Flask route: same server settings, request and answer sizes, same run.

The route stands twice: under the service's own worker, and under gunicorn's, as a bare Flask service would run.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks import books
from benchmarks.ledgers import ledgers
from benchmarks.load import Load, post, under_load

CONNECTIONS = (1, 16, 64)
WORKERS = 2
THREADS = 16
YARDSTICKS = {"bare": "service.worker.CarryingWorker", "bare gthread": "gthread"}
MOST_ANSWERS = 100_000
ROUNDS = 3
WARM_SECONDS = 1.0
SERVE = "import sys; from service.cli import main; sys.exit(main())"
GUNICORN = "import sys; from gunicorn.app.wsgiapp import run; sys.exit(run())"


def measure(seconds: float, sample: str = "video") -> list[dict[str, Any]]:
    """Bare route and service in turns, several times: the ratio is the median of the rounds'."""
    body = books.requests()[sample]
    with tempfile.TemporaryDirectory() as folder, ledgers() as urls, ExitStack() as servers:
        ports = {
            kind: servers.enter_context(serving(Path(folder), DATABASE_URL=url, LEDGER_KEY_FILE=f"{folder}/{kind}.key"))
            for kind, url in urls.items()
        }
        size = _answer_bytes(ports["sqlite"], body)
        bare = {name: servers.enter_context(_bare(Path(folder), size, worker)) for name, worker in YARDSTICKS.items()}
        return [
            _row(body, {**bare, **ports}, (connections, seconds, WARM_SECONDS, MOST_ANSWERS))
            for connections in CONNECTIONS
        ]


def _row(body: bytes, ports: Mapping[str, int], limits: tuple[int, float, float, int]) -> dict[str, Any]:
    rounds = [
        {name: under_load(port, post("/evaluate", body), *limits) for name, port in ports.items()}
        for _ in range(ROUNDS)
    ]
    ratios = {
        f"{name} of {bare}": statistics.median(each[name].per_second / each[bare].per_second for each in rounds)
        for name in ports
        if name not in YARDSTICKS
        for bare in YARDSTICKS
    }
    return {
        "connections": limits[0],
        "request_bytes": len(body),
        "rounds": [{name: plain(load) for name, load in each.items()} for each in rounds],
        "ratios": {name: round(ratio, 3) for name, ratio in ratios.items()},
    }


def told(rows: list[dict[str, Any]]) -> list[str]:
    sizes = {name: load["answer_bytes"] for name, load in rows[0]["rounds"][0].items()}
    lines = [
        f"bytes: request {rows[0]['request_bytes']}, answers {sizes}",
        f"{'connections':>12} {'':>12} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8}  answers",
    ]
    for row in rows:
        for each in row["rounds"]:
            for name, load in each.items():
                lines.append(
                    f"{row['connections']:>12} {name:>12} {load['per_second']:>8.0f} {load['p50_ms']:>8.2f} "
                    f"{load['p99_ms']:>8.2f}  {load['statuses']}"
                )
        lines += [f"{'':>12} {ratio:>10} {name}" for name, ratio in row["ratios"].items()]
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


def _bare(folder: Path, answer_bytes: int, worker: str) -> Any:
    port = _free_port()
    command = [sys.executable, "-c", GUNICORN, "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += [
        "--worker-class",
        worker,
        "--no-control-socket",
        "--bind",
        f"127.0.0.1:{port}",
        "benchmarks.bare:create_app()",
    ]
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
