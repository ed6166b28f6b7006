"""POST /evaluate/batch: NDJSON in and out, a line for a line. One chunk of lines is one commit.

The body is taken in whole before the first answer goes out: a caller that writes everything before it reads would
otherwise wait for us while we wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO

import orjson
from flask import Response, g, request
from flask_smorest import Blueprint

from schemas.findings import Invalid
from schemas.problem import Problem
from service.api import bodies, documented
from service.api.access import caller, needs
from service.api.deciding import make
from service.api.documented import NDJSON, answers
from service.api.evaluate import digested, key_reused
from service.api.problems import INTERNAL, UNRECORDED, Refused, log_fault, of_findings
from service.api.recording import Made, entry
from service.api.services import Services, services
from service.domain.people import Role
from service.ledger import Entry, KeyReused, LedgerUnavailable, Recorded

blueprint = Blueprint("batch", __name__, description="Decide on many quote requests.")
CHUNK = 250
"""Lines a commit: enough that the disk doesn't count, few enough that nobody waits long for the writer."""

MOST_LINES = 100_000
"""Of one body: each line costs an answer, however short it is."""

IN_MEMORY = 1024 * 1024
_TOO_MANY_LINES = Problem(
    status=413, code="too-many-lines", detail=f"A batch may have {MOST_LINES:,} lines. Send the rest as another."
)
_MEDIA_TYPES = (NDJSON, "application/ndjson", "application/jsonl", "application/json-lines")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the body: its 1-based number and its bytes, None where it is longer than a request may be."""

    number: int
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What holds for all lines. `caller`, `role`: of whoever asks; `key`: of the whole batch."""

    caller: str
    role: Role
    key: str | None
    why_not: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    """What is answered for a line: the decision that `entry` records, or what is known without recording."""

    line: _Line
    made: Made | None = None
    entry: Entry | None = None
    settled: Problem | Recorded | KeyReused | None = None


@blueprint.route("/evaluate/batch", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body({"type": "string"}, NDJSON, "\n".join([orjson.dumps(documented.SAMPLE).decode()] * 2)),
    parameters=[documented.IDEMPOTENCY_KEY, documented.WHY_NOT],
    responses=answers(
        'For each line that holds anything: {"line": 1, "decision": {...}} or {"line": 1, "error": {...}}.',
        NDJSON, {"type": "string"}, 400, 413, 415, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.QUOTER)
def evaluate_batch() -> Response:
    """Decide on a quote request a line. A faulty line gets a problem in its place and stops no other."""
    at = services()
    asked = _Asked(caller().id, caller().role, bodies.idempotency_key(), bodies.flag("why_not"))
    bodies.accept(at.settings.max_batch_bytes, *_MEDIA_TYPES)
    received = _received()
    lines = _lines(received, at.settings.max_body_bytes)
    first = _answered(at, list(islice(lines, CHUNK)), asked)
    request_id = g.request_id
    return Response(_stream(at, first, lines, asked, request_id, received), content_type=NDJSON)


def _received() -> IO[bytes]:
    """The whole body, on disk where it is large. Raises RequestEntityTooLarge, Refused for too many lines."""
    kept = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when the answer has gone out
    ends = 0
    while block := request.stream.read(64 * 1024):
        ends += block.count(b"\n")
        kept.write(block)
    if ends > MOST_LINES:
        kept.close()
        raise Refused(_TOO_MANY_LINES)
    kept.seek(0)
    return kept


def _lines(received: IO[bytes], longest: int) -> Iterator[_Line]:
    """Lines that aren't blank; of one that is too long no more than `longest` bytes are ever held."""
    number = 0
    while raw := received.readline(longest + 2):
        number += 1
        text = raw.strip(b" \t\r\n")
        too_long = len(text) > longest
        while not raw.endswith(b"\n") and (raw := received.readline(longest + 2)):
            too_long = True
        if text:
            yield _Line(number, None if too_long else text)


def _answered(at: Services, lines: list[_Line], asked: _Asked) -> list[tuple[int, bytes | Problem]]:
    """One commit: what is answered for each line of a chunk. Raises LedgerUnavailable."""
    slots = [_slot(at, line, asked) for line in lines]
    made = [slot.made for slot in slots if slot.made]
    recorded = iter(at.recorder.record(made, [slot.entry for slot in slots if slot.entry]) if made else ())
    answers: list[tuple[int, bytes | Problem]] = []
    for slot in slots:
        answers.append((slot.line.number, _told(slot.settled or next(recorded))))
    return answers


def _told(result: Problem | Recorded | KeyReused) -> bytes | Problem:
    match result:
        case Recorded():
            return result.answer
        case KeyReused():
            return key_reused(result)
    return result


def _slot(at: Services, line: _Line, asked: _Asked) -> _Slot:
    if line.raw is None:
        detail = f"The line has more than {at.settings.max_body_bytes} bytes."
        return _Slot(line, settled=Problem(status=413, code="body-too-large", detail=detail))
    body, key = digested(line.raw, asked.why_not), None if asked.key is None else f"{asked.key}#{line.number}"
    try:
        made = make(at, line.raw, asked.role, asked.why_not)
    except Invalid as invalid:
        earlier = at.recorder.earlier(asked.caller, body, key) if key else None
        return _Slot(line, settled=earlier or of_findings(invalid))
    except Refused as refused:
        return _Slot(line, settled=refused.problem)
    return _Slot(line, made, entry(made, asked.caller, body, key))


def _stream(
    at: Services,
    answers: list[tuple[int, bytes | Problem]],
    lines: Iterator[_Line],
    asked: _Asked,
    request_id: str,
    received: IO[bytes],
) -> Iterator[bytes]:
    """The answers chunk by chunk. The status has gone out by then, so later faults are told in the lines."""
    with received:
        yield _written(answers, request_id)
        while chunk := list(islice(lines, CHUNK)):
            try:
                answers = _answered(at, chunk, asked)
            except LedgerUnavailable:
                answers = [(line.number, UNRECORDED) for line in chunk]
            except Exception as fault:
                log_fault(fault)
                answers = [(line.number, INTERNAL) for line in chunk]
            yield _written(answers, request_id)


def _written(answers: list[tuple[int, bytes | Problem]], request_id: str) -> bytes:
    return b"".join(
        b'{"line":%d,"error":%b}\n' % (number, answer.body(request_id))
        if isinstance(answer, Problem)
        else b'{"line":%d,"decision":%b}\n' % (number, answer)
        for number, answer in answers
    )
