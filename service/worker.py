"""gunicorn's worker with threads, which decides on requests together. Knows the wire, nothing of decisions.

A connection on which a request to decide has come is kept by one thread, the carrier, for as long as nothing else comes
on it. A request is carried only when all of it is here and its answer can be written without waiting for the client, so
no client can hold up the others. Any other request has a thread of its own, as in gunicorn's own worker.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
from concurrent.futures import Future
from fcntl import ioctl
from functools import partial
from threading import Thread
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import PollableMethodQueue, TConn, ThreadWorker

from service.carrying import PATIENCE_SECONDS, Together

CARRIED_LINE = b"POST /evaluate HTTP/1.1\r\n"
"""Work of a millisecond that ends in a commit, and nothing else: a search or an export would hold up the others."""

MOST_TOGETHER = 64
"""Requests that share a commit."""
MOST_BYTES = 64 * 1024
"""Of a request with its head; a larger one has a thread of its own."""
ROOM_FOR_ANSWERS = 256 * 1024
"""What the system takes of answers, at once, to a client that reads nothing."""

_LOOK_SECONDS = 1.0
_SIOCOUTQ = 0x5411
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,6})\r\n")
_OUT_OF_THE_ORDINARY = re.compile(rb"\r\n(?:transfer-encoding|upgrade|expect|http2-settings)[ \t]*:|\r\n[ \t]")


class CarryingWorker(ThreadWorker):  # type: ignore[misc,unused-ignore]
    """Set as gunicorn's `worker_class`."""

    def init_process(self) -> None:
        self.carrier = Carrier(self)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        if self.alive and not self.carrier.held_up() and carriable(conn):
            self.carrier.take(conn)
        else:
            self.enqueue_alone(conn)

    def enqueue_alone(self, conn: TConn) -> None:
        """In a thread of its own, whatever has come."""
        super().enqueue_req(conn)


class Carrier:
    """The thread that keeps connections and carries what comes on them. What it doesn't carry, and each connection that
    ends, it gives back to `worker`, whose own thread counts connections."""

    def __init__(self, worker: CarryingWorker) -> None:
        self._worker = worker
        self._together = Together()
        self._ready: dict[TConn, None] = {}
        self._kept: dict[TConn, None] = {}  # those that were silent longest come first
        self._begun: float | None = None
        self._calls = PollableMethodQueue()
        self._calls.init()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._calls.fileno(), selectors.EVENT_READ)
        Thread(target=self._carry, name="carrier", daemon=True).start()

    def take(self, conn: TConn) -> None:
        """Called from any thread, with a connection at which something `carriable` waits."""
        self._calls.defer(self._taken, conn)

    def held_up(self) -> bool:
        begun = self._begun
        return begun is not None and monotonic() - begun > PATIENCE_SECONDS

    def _taken(self, conn: TConn) -> None:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_FOR_ANSWERS)
        self._selector.register(conn.sock, selectors.EVENT_READ, conn)
        conn.data_ready = True  # gunicorn would look again
        self._is_ready(conn)

    def _is_ready(self, conn: TConn) -> None:
        self._ready[conn] = None
        self._keep(conn)

    def _keep(self, conn: TConn) -> None:
        self._kept.pop(conn, None)
        self._kept[conn] = None
        conn.set_timeout()

    def _carry(self) -> None:
        try:
            while True:
                self._look()
                self._look_after()  # now, so that nobody who has just asked counts as silent
                ready, self._ready = list(self._ready), {}
                for start in range(0, len(ready), MOST_TOGETHER):
                    self._begun = monotonic()
                    self._round(ready[start : start + MOST_TOGETHER])
                    self._begun = None
        finally:
            # Only a fault leads here. What comes on kept connections would wait for ever: so they are closed, the
            # worker ends, and gunicorn starts another.
            self._worker.alive = False
            for conn in list(self._kept):
                self._end(conn, False)

    def _look(self) -> None:
        for key, _ in self._selector.select(_LOOK_SECONDS):
            if key.data is None:
                self._calls.run_callbacks(key.fileobj)
            elif carriable(key.data):
                self._is_ready(key.data)
            else:
                self._give_back(key.data)

    def _round(self, conns: list[TConn]) -> None:
        results = self._together.run([partial(self._worker.handle, conn) for conn in conns])
        for conn, result in zip(conns, results, strict=False):
            if result is True and not _behind(conn):
                self._keep(conn)
            else:
                self._end(conn, result)
        for conn in conns[len(results) :]:
            self._give_back(conn)

    def _look_after(self) -> None:
        """Closes what was silent for too long; a worker that stops looks after all by itself."""
        now = monotonic()
        while self._kept and (conn := next(iter(self._kept))).timeout <= now:
            self._end(conn, False)
        if not self._worker.alive:
            for conn in [conn for conn in self._kept if conn not in self._ready]:
                self._end(conn, True)

    def _give_back(self, conn: TConn) -> None:
        """For a thread of its own to see what has come."""
        self._let_go(conn)
        self._worker.method_queue.defer(self._worker.enqueue_alone, conn)

    def _end(self, conn: TConn, result: Any) -> None:
        """As the worker's threads end: `result` is what `handle` said."""
        self._let_go(conn)
        ended: Future[Any] = Future()
        ended.set_result(result)
        self._worker.method_queue.defer(self._worker.finish_request, conn, ended)

    def _let_go(self, conn: TConn) -> None:
        del self._kept[conn]
        self._selector.unregister(conn.sock)


def carriable(conn: TConn) -> bool:
    """Whether a request to decide, whole and plain, waits at the connection, and its client has taken all answers."""
    if _behind(conn) or conn.is_http2 or not _all_taken(conn.sock):
        return False
    try:
        seen = conn.sock.recv(MOST_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:  # nothing is here yet, or the connection is gone
        return False
    return whole(seen)


def _behind(conn: TConn) -> bool:
    """Whether more has been read from the connection than was asked for."""
    return conn.parser is not None and bool(conn.parser.unreader.buf.getvalue())


def whole(seen: bytes) -> bool:
    """Whether `seen` begins with all of a request that may be carried."""
    if not seen.startswith(CARRIED_LINE):
        return False
    head, found, body = seen.partition(b"\r\n\r\n")
    head = head.lower() + b"\r\n"
    length = _LENGTH.search(head)
    return bool(found and length and int(length[1]) <= len(body)) and not _OUT_OF_THE_ORDINARY.search(head)


def _all_taken(sock: socket.socket) -> bool:
    """Whether nothing that was sent still waits for its receiver. Where a system can't tell: no."""
    try:
        (waiting,) = struct.unpack("i", ioctl(sock, _SIOCOUTQ, bytes(4)))
    except OSError:
        return False
    return bool(waiting == 0)
