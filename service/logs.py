"""Logs: one JSON object a line on standard error. No field ever holds a request's content or an exception's text."""

from __future__ import annotations

import logging
import sys
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request under way; every line that is written meanwhile bears it."""


def _with_request_id(_: Any, __: str, event: EventDict) -> EventDict:
    id = request_id.get()
    if id is not None:
        event["request_id"] = id
    return event


_STAMPS: list[Processor] = [
    _with_request_id,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class JsonLines(structlog.stdlib.ProcessorFormatter):
    """A formatter for loggers of the standard library, gunicorn's above all."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(
            foreign_pre_chain=_STAMPS,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_exception_text,
                structlog.processors.JSONRenderer(),
            ],
        )


def configure(level: str) -> None:
    structlog.configure(
        processors=[*_STAMPS, structlog.processors.JSONRenderer(orjson.dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.BytesLogger(sys.stderr.buffer),
        cache_logger_on_first_use=False,
    )
    threading.excepthook = _log_end_of_thread


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    fault = ended.exc_value
    structlog.get_logger().error(
        "thread ended", thread=ended.thread.name if ended.thread else None, fault=ended.exc_type.__name__,
        frames=frames(fault) if fault else [],
    )  # fmt: skip


def frames(fault: BaseException) -> list[str]:
    """Where an exception came from, innermost last: files, lines and functions, never its text or its values."""
    found = []
    trace: TracebackType | None = fault.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found


def _without_exception_text(_: Any, __: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[1] is not None:
        event["fault"] = type(info[1]).__name__
        event["frames"] = frames(info[1])
    return event


GUNICORN_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.logs.JsonLines"}},
    "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": ["error"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["error"], "propagate": False, "qualname": "gunicorn.error"},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": False, "qualname": "gunicorn.access"},
    },
}
