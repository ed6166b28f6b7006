"""gunicorn's worker: what it carries, what it leaves to threads, and that no client holds up another."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from service.worker import MOST_BYTES, whole

ROOT = Path(__file__).parents[2]
HEAD = "POST /evaluate HTTP/1.1\r\nHost: here\r\n"
CARRIED = b"carrier"


def request(body: str = "0", line: str = HEAD, **headers: str) -> bytes:
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{line}{told}Content-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("seen", "carried"),
    [
        (request(), True),
        (request("x" * 5_000), True),
        (request() + request(), True),
        (request("", Accept="*/*"), True),
        (request().replace(b"Content-Length", b"content-length"), True),
        (request("12345")[:-1], False),
        (request()[:-5], False),
        (b"", False),
        (request(line="POST /evaluate/batch HTTP/1.1\r\n"), False),
        (request(line="POST /evaluate?why_not HTTP/1.1\r\n"), False),
        (request(line="GET /evaluate HTTP/1.1\r\n"), False),
        (request(line="POST /evaluate HTTP/1.0\r\n"), False),
        (f"{HEAD}\r\n".encode(), False),
        (f"{HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(), False),
        (request(Transfer_Encoding="chunked"), False),
        (request(Expect="100-continue"), False),
        (request(Upgrade="h2c"), False),
        (f"{HEAD}Content-Length: 1\r\n folded\r\n\r\n1".encode(), False),
        (f"{HEAD}Content-Length: -1\r\n\r\n1".encode(), False),
        (f"{HEAD}Content-Length: 99999999999999999999\r\n\r\n1".encode(), False),
        (f"{HEAD}X-Content-Length: 1\r\n\r\n1".encode(), False),
    ],
)
def test_what_is_carried_is_whole_and_plain(seen: bytes, carried: bool) -> None:
    assert whole(seen) is carried


class Line:
    """A connection of a client that keeps it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._left = b""

    def asked(self, *requests: bytes) -> bytes:
        self.socket.sendall(b"".join(requests))
        return [self.answer() for _ in requests][-1]

    def answer(self) -> bytes:
        while b"\r\n\r\n" not in self._left:
            self._more()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        (length,) = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while len(self._left) < length:
            self._more()
        body, self._left = self._left[:length], self._left[length:]
        return body.rstrip(b".")

    def _more(self) -> None:
        more = self.socket.recv(65_536)
        assert more, "the connection was closed"
        self._left += more


@pytest.fixture
def serving(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["-k", "service.worker.CarryingWorker", "--threads", "4", "--keep-alive", "2", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "-b", f"127.0.0.1:{port}", "tests.serving.telling:app"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=log, stderr=log)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    yield port, process
    process.terminate()
    process.wait(30)


def worker_of(process: subprocess.Popen[bytes]) -> int | None:
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(pids[0]) if pids else None


def carried_line(port: int) -> Line:
    """A connection whose requests are carried: its first may come before the worker looks, and have a thread."""
    line = Line(port)
    line.asked(request())
    assert line.asked(request()) == CARRIED
    return line


def test_a_connection_changes_between_carrier_and_threads_by_what_comes_on_it(serving):
    line = carried_line(serving[0])
    for _ in range(3):
        assert line.asked(request(line="POST /other HTTP/1.1\r\n")) != CARRIED
        assert line.asked(request("0" * (MOST_BYTES + 1))) != CARRIED
        assert line.asked(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n0\r\n0\r\n\r\n".encode()) != CARRIED
        assert line.asked(request()) == CARRIED


def test_requests_sent_in_one_go_are_all_answered(serving):
    line = carried_line(serving[0])
    line.asked(*[request()] * 20)
    assert line.asked(request()) == CARRIED


def test_half_a_request_holds_nobody_up(serving):
    line, other = carried_line(serving[0]), carried_line(serving[0])
    sent = request("0000")
    line.socket.sendall(sent[:-2])
    begun = time.monotonic()
    assert other.asked(request()) == CARRIED
    assert time.monotonic() - begun < 1
    assert line.asked(sent[-2:]) != CARRIED


def test_half_a_request_behind_a_whole_one_holds_nobody_up(serving):
    """What the parser has read already and what comes then look like a whole request together."""
    line, other = carried_line(serving[0]), carried_line(serving[0])
    line.asked(request() + b"POST /other HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n")
    line.socket.sendall(request())
    begun = time.monotonic()
    assert other.asked(request()) == CARRIED
    assert time.monotonic() - begun < 1


def test_a_client_that_never_reads_holds_nobody_up(serving):
    line, other = carried_line(serving[0]), carried_line(serving[0])
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.socket.settimeout(0.2)
    with suppress(TimeoutError):
        while True:
            line.socket.sendall(request(X_Length="200000"))
    begun = time.monotonic()
    for _ in range(5):
        assert other.asked(request()) == CARRIED
    assert time.monotonic() - begun < 1


def test_what_comes_while_one_is_held_up_has_threads(serving):
    line, other = carried_line(serving[0]), carried_line(serving[0])
    line.socket.sendall(request("3"))
    time.sleep(1.5)
    other.socket.sendall(request())
    fresh = Line(serving[0])
    begun = time.monotonic()
    assert fresh.asked(request()) != CARRIED
    assert time.monotonic() - begun < 1
    assert line.answer() == other.answer() == CARRIED


def test_a_silent_connection_is_closed_in_time(serving):
    line = carried_line(serving[0])
    begun = time.monotonic()
    assert line.socket.recv(1) == b""
    assert 1.5 < time.monotonic() - begun < 6


def test_one_that_went_away_leaves_nothing(serving):
    port, process = serving
    kept = carried_line(port)
    files = Path(f"/proc/{worker_of(process)}/fd")
    before = len(list(files.iterdir()))
    gone = [carried_line(port) for _ in range(5)]
    assert len(list(files.iterdir())) >= before + 5
    for line in gone:
        line.socket.close()
    until = time.monotonic() + 1.5  # sooner than silence would close them
    while len(list(files.iterdir())) > before:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert kept.asked(request()) == CARRIED


def test_a_worker_that_stops_answers_what_is_under_way(serving):
    port, process = serving
    line, idle = carried_line(port), carried_line(port)
    line.socket.sendall(request("0.5"))
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert line.answer() == CARRIED
    assert process.wait(15) == 0
    assert idle.socket.recv(1) == b""


def test_a_fault_that_ends_the_carrier_ends_its_worker_and_another_takes_over(serving):
    port, process = serving
    line, failed = carried_line(port), worker_of(process)
    line.socket.sendall(request("fault"))
    until = time.monotonic() + 15
    while worker_of(process) in (failed, None):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert carried_line(port).asked(request()) == CARRIED
