"""gunicorn's worker with threads, which carries requests to decide together. Knows the wire, nothing of decisions.

A request is carried only when all of it is here and its answer can be written without waiting for the client: no client
can hold up the others' requests. Any other has a thread of its own.
"""

from __future__ import annotations

import re
import socket
import struct
from concurrent.futures import Executor
from fcntl import ioctl

from gunicorn.workers.gthread import TConn, ThreadWorker

from service.carrying import Carrier

CARRIED_LINE = b"POST /evaluate HTTP/1.1\r\n"
"""Work of a millisecond that ends in a commit, and nothing else: a search or an export would hold up the others."""

MOST_BYTES = 64 * 1024
"""Of a request with its head; a larger one has a thread of its own."""
ROOM_FOR_ANSWERS = 256 * 1024
"""What the kernel takes of answers, at once, from a client that reads nothing."""

_SIOCOUTQ = 0x5411
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,6})(?=\r\n)")
_OUT_OF_THE_ORDINARY = re.compile(rb"\r\n(?:transfer-encoding|upgrade|expect|http2-settings)[ \t]*:|\r\n[ \t]")


class CarryingWorker(ThreadWorker):  # type: ignore[misc,unused-ignore]
    """Set as gunicorn's `worker_class`."""

    def get_thread_pool(self) -> Executor:
        return Carrier(self.cfg.threads, carriable)


def carriable(connection: TConn) -> bool:
    """Whether a request to decide, whole and plain, waits at the connection, and its client has taken all answers."""
    behind = connection.parser is not None and connection.parser.unreader.buf.getvalue()
    if behind or connection.is_http2 or not _all_taken(connection.sock):
        return False
    try:
        seen = connection.sock.recv(MOST_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:  # nothing is here yet, or the connection is gone
        return False
    if not whole(seen):
        return False
    if not connection.initialized:
        connection.data_ready = True
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_FOR_ANSWERS)
    return True


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
