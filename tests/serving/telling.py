"""A WSGI application that tells which thread asked it, for the tests of gunicorn's worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A request's body is the seconds that it takes, or `fault` for one that nobody catches; its X-Length how long the
    answer is at least."""
    seconds = environ["wsgi.input"].read().strip()
    if seconds == b"fault":
        raise KeyboardInterrupt
    time.sleep(float(seconds or 0))
    answer = threading.current_thread().name.encode().ljust(int(environ.get("HTTP_X_LENGTH", 0)), b".")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
