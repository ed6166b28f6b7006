"""Callers that never give up, each request with its key; and the service that they ask, killed and started again."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

CALLERS = 6
A_BATCH = 5


class Caller(threading.Thread):
    """Asks for one decision, then for a batch, and so on; repeats each under its key until it is answered."""

    def __init__(self, name: str, port: int, body: bytes) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, bytes] = {}
        """By idempotency key, as the ledger knows it: the decision that was answered."""
        self.unexpected: list[str] = []
        self.ending, self.given_up = threading.Event(), threading.Event()
        self._name, self._port, self._body = name, port, body
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        number = 0
        while not self.ending.is_set():
            number += 1
            key = f"{self._name}-{number}"
            if number % 4:
                answer = self._insisted("/evaluate", key, self._body, "application/json")
                self.acknowledged[key] = answer
                continue
            answer = self._insisted("/evaluate/batch", key, b"\n".join([self._body] * A_BATCH), "application/x-ndjson")
            for line in answer.splitlines():
                head, _, decision = line.partition(b',"decision":')
                self.acknowledged[f"{key}#{json.loads(head + b'}')['line']}"] = decision[:-1]

    def _insisted(self, path: str, key: str, body: bytes, media_type: str) -> bytes:
        headers = {"Content-Type": media_type, "Idempotency-Key": key}
        while not self.given_up.is_set():
            try:
                if self._line is None:
                    self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
                self._line.request("POST", path, body, headers)
                answer = self._line.getresponse()
                told = answer.read()
            except (OSError, http.client.HTTPException):
                self._line = None
                time.sleep(0.02)
                continue
            if answer.status == 200:
                return told
            if answer.status != 503:
                self.unexpected.append(f"{answer.status} {told!r}")
            time.sleep(0.02)
        raise SystemExit  # ends the thread: there is nobody left to ask


class Service:
    """gunicorn with two workers in a process group of its own."""

    def __init__(self, root: Path, log: Path, port: int, **environment: str) -> None:
        self._root, self._log = root, log
        self._environment = {**os.environ, "PORT": str(port), "RATE_LIMIT": "1000000/minute", **environment}

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "wsgi:app"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=self._root, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_worker(self, choose: Callable[[list[int]], int]) -> None:
        self._kill(choose(self.workers() or [self._process.pid]))

    def kill_master(self, seconds: float) -> None:
        """Its workers serve on for a while, until whoever supervises the service ends them too and starts it anew."""
        self._kill(self._process.pid)
        time.sleep(seconds)
        self.kill_all()

    def kill_all(self) -> None:
        """As if the power had failed, but for what the system holds in memory."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)
        self.start()

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(60)

    def _kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):  # it was faster
            os.kill(pid, signal.SIGKILL)


def until(holds: Callable[[], Any]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")
