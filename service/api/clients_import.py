"""POST /clients/imports/{kind}: a file of the firm's books of its clients, brought in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge

from schemas.clients import ImportedSchema
from schemas.problem import Problem
from service.api import bodies, documented, queries
from service.api.access import caller, needs
from service.api.documented import JSON, created, query
from service.api.problems import Refused
from service.api.services import services
from service.clients.files import Unreadable
from service.clients.importing import Bringing, bring_in
from service.clients.rows import Manner
from service.domain.books import FIELDS, Kind
from service.domain.money import EXPONENTS
from service.domain.people import Role
from service.ledger.books import Books

blueprint = Blueprint("clients-import", __name__, description="The firm's books of its clients.")
MEDIA_TYPES = {
    "text/csv": ".csv",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
MOST_TOLD = 1_000
"""Refused lines that an answer names; it counts them all."""
_SAMPLE = "client_id,day,amount,currency\nc-204,2026-03-02,120.00,EUR\n"


@blueprint.route("/clients/imports/<kind>", methods=["POST"])
@blueprint.doc(
    requestBody=documented.body({"type": "string"}, "text/csv", _SAMPLE),
    parameters=[
        query("source", "string", "What the file is called, for whoever looks it up."),
        query("map", "string", "FIELD=COLUMN where the file names a column otherwise; may be repeated."),
        query("currency", "string", "Of rows that name none."),
        query("dates", "string", "How days are written, such as %d.%m.%Y; else 2026-03-31."),
        query("decimal_comma", "boolean", "1234,50 is a sum."),
    ],
    responses=created(
        "What became of the rows; good ones are kept, whatever was wrong with others.", "",
        ImportedSchema, 400, 403, 404, 413, 415, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.MANAGER)
def bring(kind: str) -> Response:
    """Bring payments, invoices, services or incidents in. The same file again changes nothing."""
    at = services()
    if kind not in list(Kind):
        raise Refused(Problem(status=404, code="no-such-kind", detail=f"The books hold {', '.join(Kind)}."))
    asked = Kind(kind)
    manner = Manner(
        queries.switch("decimal_comma") or False,
        queries.printable("dates") or "",
        queries.choice("currency", tuple(EXPONENTS)) or "",
    )
    refused: list[dict[str, object]] = []

    def refuse(line: int, why: str) -> None:
        if len(refused) < MOST_TOLD:
            refused.append({"line": line, "reason": why})

    with _kept(at.settings.max_batch_bytes) as path:
        source = queries.printable("source") or path.name
        bringing = Bringing(kind=asked, path=path, source=source, columns=_columns(asked), manner=manner)
        try:
            done = bring_in(Books(at.ledger.database), bringing, caller().id, at.now, refuse, lambda *_: None)
        except Unreadable as fault:
            raise Refused(Problem(status=400, code="unreadable-file", detail=str(fault))) from fault
    told = orjson.loads(orjson.dumps(done)) | {"refused_lines": refused}
    return Response(orjson.dumps(told), 201, content_type=JSON)


@contextmanager
def _kept(limit: int) -> Iterator[Path]:
    """The body as a file. Raises Refused (415), RequestEntityTooLarge."""
    bodies.accept(limit, *MEDIA_TYPES)
    suffix = MEDIA_TYPES[request.mimetype]
    with TemporaryDirectory(prefix="quotewright-") as folder:
        path, left = Path(folder) / f"body{suffix}", limit
        with path.open("wb") as file:
            while block := request.stream.read(64 * 1024):
                left -= len(block)
                if left < 0:
                    raise RequestEntityTooLarge
                file.write(block)
        yield path


def _columns(kind: Kind) -> dict[str, str]:
    names, columns = [field.name for field in FIELDS[kind]], {}
    for text in request.args.getlist("map"):
        field, _, column = text.partition("=")
        if field not in names or not column:
            detail = f"The query parameter map is FIELD=COLUMN; the fields of {kind} are {', '.join(names)}."
            raise Refused(Problem(status=400, code="bad-query", detail=detail))
        columns[field] = column
    return columns
