"""The service as it runs: gunicorn with two workers, over real sockets."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

Start = Callable[..., Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    def __init__(self, address: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.address, self.process, self.log = address, process, log

    def asked(self, method: str, path: str, **options: Any) -> httpx.Response:
        """On a connection of its own, so that any worker may take it."""
        return httpx.request(method, self.address + path, timeout=30, **options)

    def pids(self) -> set[str]:
        return set(re.findall(r"Booting worker with pid: (\d+)", self.log.read_text()))


@pytest.fixture
def start(book: Path, tmp_path: Path, root: Path) -> Start:
    @contextmanager
    def starting(**environment: str) -> Iterator[Running]:
        port, log = free_port(), tmp_path / "log"
        chosen = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.db'}",
            "POLICY_BOOK": str(book),
            "PORT": str(port),
            "POLICY_POLL_SECONDS": "0.2",
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "wsgi:app"]
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=root, env=os.environ | chosen | environment, stdout=file, stderr=subprocess.STDOUT
            )
        running = Running(f"http://127.0.0.1:{port}", process, log)
        try:
            yield running
        finally:
            process.terminate()
            process.wait(30)

    return starting


def ready(running: Running) -> Running:
    for _ in range(300):
        assert running.process.poll() is None, running.log.read_text()
        try:
            if running.asked("GET", "/readyz").status_code == 200 and len(running.pids()) == 2:
                return running
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(running.log.read_text())


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


def test_two_workers_decide_count_and_limit_together(start: Start, body: dict[str, Any]) -> None:
    with start(RATE_LIMIT="40/hour") as running:
        ready(running)
        answers: list[httpx.Response] = []

        def ask() -> None:
            for _ in range(5):
                answers.append(running.asked("POST", "/evaluate", json=body, headers={"Idempotency-Key": "one"}))

        askers = [threading.Thread(target=ask) for _ in range(6)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        metrics = running.asked("GET", "/metrics").text
        assert 'quotewright_decisions_total{outcome="quote"} 1.0' in metrics
        assert 'quotewright_requests_total{route="/evaluate",status="200"} 30.0' in metrics
        statuses = [running.asked("POST", "/preview", json={"request": body}).status_code for _ in range(14)]
        assert statuses == [200] * 10 + [429] * 4
        log = running.log.read_text()
        assert len({json.loads(line)["request_id"] for line in log.splitlines() if '"request"' in line}) >= 44
        assert "Traceback" not in log


def test_it_keeps_answering_whatever_comes(start: Start, body: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    with start() as running:
        ready(running)
        for raw, status in (
            (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b" " * 10 * 1024 * 1024, 413), (b"{}", 422),
        ):  # fmt: skip
            assert running.asked("POST", "/evaluate", content=raw, headers=headers).status_code == status
        # urllib writes all before it reads, and takes a closed connection for a failure.
        patient = urllib.request.Request(f"{running.address}/evaluate", b" " * 10 * 1024 * 1024, headers)
        with pytest.raises(urllib.error.HTTPError, match="413"):
            urllib.request.urlopen(patient, timeout=30)
        chunked = iter([b" " * 65_536] * 160)
        assert running.asked("POST", "/evaluate", content=chunked, headers=headers).status_code == 413
        assert running.asked("POST", "/evaluate", json=body).status_code == 200
        metrics = running.asked("GET", "/metrics").text
        assert re.findall(r'quotewright_decisions_total{outcome="(\w+)"} (\S+)', metrics) == [("quote", "1.0")]


def test_a_large_batch_streams(start: Start, body: dict[str, Any]) -> None:
    line = json.dumps(body).encode()
    with start() as running:
        ready(running)
        content = b"\n".join([line] * 1_200)
        headers = {"Content-Type": "application/x-ndjson"}
        answer = running.asked("POST", "/evaluate/batch", content=content, headers=headers)
        numbers = [json.loads(told)["line"] for told in answer.text.splitlines()]
        assert numbers == list(range(1, 1_201))


def test_all_workers_take_a_changed_book_and_none_a_broken_one(start: Start, book: Path, body: dict[str, Any]) -> None:
    def versions() -> set[str]:
        return {running.asked("GET", "/readyz").json()["policy"]["version"] for _ in range(12)}

    with start() as running:
        ready(running)
        (before,) = versions()
        parameters = (book / "parameters.yaml").read_text()
        (book / "parameters.yaml").write_text(parameters.replace('"500.00"', '"5 %"'))
        until(lambda: running.log.read_text().count("policy refused") == 2)
        assert versions() == {before}
        (book / "parameters.yaml").write_text(parameters.replace('"500.00"', '"400.00"'))
        until(lambda: running.log.read_text().count("policy in force") == 2)
        (after,) = versions()
        assert after != before
        assert running.asked("POST", "/evaluate", json=body).json()["policy"]["version"] == before, body["as_of"]
        today = {name: value for name, value in body.items() if name not in ("as_of", "received_at")}
        assert running.asked("POST", "/evaluate", json=today).json()["policy"]["version"] == after


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"RATE_LIMIT": "lots", "WORKERS": "0"}, ("RATE_LIMIT='lots'", "WORKERS='0'")),
        ({"DATABASE_URL": "mysql://root@localhost/x"}, ("mysql://root@localhost/x",)),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, ("can't be used",)),
    ],
)
def test_a_start_that_fails_says_why(start: Start, environment: dict[str, str], told: tuple[str, ...]) -> None:
    with start(**environment) as running:
        assert running.process.wait(60) == 1
        log = running.log.read_text()
        assert all(part in log for part in told)
        assert "Traceback" not in log


def test_a_broken_first_book_ends_the_start(start: Start, book: Path) -> None:
    (book / "accept.yaml").write_text("stage: accept\nrules: [{id: x}]\n")
    with start() as running:
        assert running.process.wait(60) == 1
        log = running.log.read_text()
        assert "accept.yaml:2" in log
        assert "Traceback" not in log
        assert running.pids() == set()
