"""A small HTTP/1.1 load generator: keep-alive connections on loopback, one request in flight on each."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.timing import Spread, spread

END_OF_HEAD = b"\r\n\r\n"


@dataclass(slots=True)
class Tally:
    """What all connections saw since `since`; answers before it warm the server up and don't count."""

    since: int
    until: int
    most: int
    nanoseconds: list[int] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    bytes_of_last: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    connections: int
    per_second: float
    latency: Spread
    statuses: dict[str, int]
    answer_bytes: int


class _Connection(asyncio.Protocol):
    def __init__(self, request: bytes, tally: Tally) -> None:
        self._request = request
        self._tally = tally
        self._answer = b""
        self._sent = 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(END_OF_HEAD)
        if not found or len(body) < _length(head):
            return
        now = time.perf_counter_ns()
        tally = self._tally
        if now >= tally.since:
            tally.nanoseconds.append(now - self._sent)
            tally.statuses[head[9:12].decode()] += 1
            tally.bytes_of_last = len(body)
        self._answer = b""
        if now >= tally.until or len(tally.nanoseconds) >= tally.most:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter_ns() < self._tally.until and len(self._tally.nanoseconds) < self._tally.most:
            self._tally.statuses["connection lost"] += 1
        if not self.closed.done():
            self.closed.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter_ns()
        self._transport.write(self._request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without Content-Length")


def post(path: str, body: bytes, token: str = "") -> bytes:
    """The request as it goes over the wire."""
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if token:
        head.append(f"Authorization: Bearer {token}")
    return "\r\n".join(head).encode() + END_OF_HEAD + body


def under_load(port: int, request: bytes, connections: int, seconds: float, warm: float, most: int) -> Load:
    """At most so many seconds and answers, after `warm` seconds that don't count."""
    return asyncio.run(_under_load(port, request, connections, seconds, warm, most))


async def _under_load(port: int, request: bytes, connections: int, seconds: float, warm: float, most: int) -> Load:
    loop = asyncio.get_running_loop()
    start = time.perf_counter_ns() + int(warm * 1e9)
    tally = Tally(since=start, until=start + int(seconds * 1e9), most=most)
    opened = []
    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: _Connection(request, tally), "127.0.0.1", port)
        opened.append(connection.closed)
    await asyncio.wait_for(asyncio.gather(*opened), seconds + warm + 60)
    if not tally.nanoseconds:
        raise RuntimeError(f"no answer on port {port} within {seconds} s: {dict(tally.statuses)}")
    taken = (time.perf_counter_ns() - start) / 1e9
    return Load(
        connections,
        len(tally.nanoseconds) / taken,
        spread(tally.nanoseconds),
        dict(tally.statuses),
        tally.bytes_of_last,
    )
