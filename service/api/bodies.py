"""What a request carries before anyone parses it: media type, size, key, flags. Knows neither JSON nor decisions."""

from __future__ import annotations

import re

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from schemas.problem import Problem
from service.api.problems import Refused

LONGEST_KEY = 200
MOST_DROPPED = 32 * 1024 * 1024
_KEY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_FLAGS = {"true": True, "1": True, "": True, "false": False, "0": False}


def body(limit: int, *media_types: str) -> bytes:
    """The whole body. Raises Refused (415), RequestEntityTooLarge (413)."""
    accept(limit, *media_types)
    raw = request.get_data(cache=False)
    if len(raw) > limit:
        raise _too_large()
    return raw


def accept(limit: int, *media_types: str) -> None:
    """Sets how large the body may be. Raises Refused (415), RequestEntityTooLarge (413)."""
    # One more than the limit: of a body without a length, Werkzeug reads that much and no more, without a word.
    asked = request._get_current_object()
    asked.max_content_length = limit + 1
    if (asked.content_length or 0) > limit:
        raise _too_large()
    if asked.environ.get("CONTENT_TYPE") in media_types and "HTTP_CONTENT_ENCODING" not in asked.environ:
        return  # said as plainly as can be: no need to take it apart
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in media_types or charset not in ("utf-8", "utf8") or request.content_encoding:
        raise Refused(
            Problem(
                status=415,
                code="unsupported-media-type",
                detail=f"Send the body with Content-Type: {media_types[0]}, in UTF-8, without Content-Encoding.",
            ),
            {"Accept": ", ".join(media_types)},
        )


def _too_large() -> RequestEntityTooLarge:
    """With what still comes read and dropped, within reason: many clients write all before they read, and would meet
    a broken connection instead of the answer."""
    coming = get_input_stream(request.environ, safe_fallback=True)
    left = MOST_DROPPED
    while left > 0 and (block := coming.read(64 * 1024)):
        left -= len(block)
    return RequestEntityTooLarge()


def idempotency_key() -> str | None:
    """The caller's name for this request, by which a repetition is known."""
    key = request.environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        detail = f"Idempotency-Key takes 1 to {LONGEST_KEY} printable ASCII characters."
        raise Refused(Problem(status=400, code="bad-idempotency-key", detail=detail))
    return key


def flag(name: str) -> bool:
    """A query parameter: absent is false; alone, `true` and `1` are true."""
    value = request.args.get(name, "false").lower() if request.query_string else "false"
    if value not in _FLAGS:
        raise Refused(Problem(status=400, code="bad-query", detail=f"The query parameter {name} is true or false."))
    return _FLAGS[value]
