"""GET /decisions and /decisions/export: decisions found among all, page by page or as a file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from schemas.audit import PageSchema
from service.api import queries
from service.api.access import needs
from service.api.documented import JSON, answers, query
from service.api.services import Services, services
from service.domain.afterwards import RESULTS
from service.domain.people import Role
from service.exporting.exports import FORMATS, STREAMED, Export
from service.exporting.manifest import Tally
from service.ledger.search import Found, Search, Wanted

blueprint = Blueprint("searching", __name__, description="Find decisions among all.")
PAGE, MOST = 50, 500
OUTCOMES = ("quote", "needs_approval", "prohibitive", "decline", "needs_details", "held")
MOST_MONEY = 10**15
MANIFEST = "Quotewright-Manifest"
_BLOCK = 64 * 1024
_FILTERS = [
    query("client", "string", "Id of the client."),
    query("caller", "string", "Id of whoever asked."),
    query("since", "string", "First day on which it was recorded, in UTC.", "date"),
    query("until", "string", "Last day on which it was recorded, in UTC.", "date"),
    query("version", "string", "Version of the policy that decided."),
    query("rule", "string", "A rule that fired."),
    query("practice", "string", "A practice that a rule that fired belongs to, in any version of the book."),
    query("approver", "string", "A role of the book whose approval a rule that fired may ask for."),
    query("outcome", "string", f"One of {', '.join(OUTCOMES)}."),
    query("result", "string", f"How the quote ended, as told last: {', '.join(RESULTS)}."),
    query("overridden", "boolean", "Whether a person decided otherwise."),
    query("overridden_by_role", "string", f"A role in which somebody did: {', '.join(Role)}."),
    query("currency", "string", "Three letters."),
    query("lowest", "integer", "Lowest target, in minor units."),
    query("highest", "integer", "Highest target, in minor units."),
]
_NAMES = tuple(filter["name"] for filter in _FILTERS)


@blueprint.route("/decisions", methods=["GET"])
@blueprint.doc(
    parameters=[
        *_FILTERS,
        query("limit", "integer", f"How many, {MOST} at most; {PAGE}, if left out."),
        query("before", "string", "`next` of the page before."),
    ],
    responses=answers(
        "Up to `limit` of them. A page looks at 20,000 decisions at most, so it may hold few or none and still have a "
        "`next`: there the search goes on.",
        JSON, PageSchema, 400, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.FINANCE)
def search() -> Response:
    """Decisions that fit all that is asked, the newest first."""
    at = services()
    limit, before = queries.whole("limit", 1, MOST) or PAGE, queries.printable("before")
    page = Search(at.ledger.database).page(wanted(at), limit, before)
    told = {"decisions": [_told(one) for one in page.found], "next": page.next}
    return Response(orjson.dumps(told), content_type=JSON)


@blueprint.route("/decisions/export", methods=["GET"])
@blueprint.doc(
    parameters=[query("format", "string", f"One of {', '.join(FORMATS)}; jsonl, if left out."), *_FILTERS],
    responses=answers(
        "The decisions, the oldest first. What streams (csv, jsonl) ends in a line with the manifest, which covers all "
        f"before it; the manifest of a file (xlsx, parquet) is in the header {MANIFEST}. Without it an export isn't "
        "whole.",
        "application/x-ndjson", {"type": "string"}, 400, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.FINANCE)
def export() -> Response:
    """All decisions that fit what is asked, as a file with a manifest: counts, hash, checkpoint."""
    at = services()
    format = queries.choice("format", tuple(FORMATS)) or "jsonl"
    filters = {name: request.args[name] for name in _NAMES if name in request.args}
    asked = Export(at.ledger.database, format, wanted(at), filters, at.now())
    tally = asked.tally()
    headers = {"Content-Disposition": f'attachment; filename="decisions.{format}"'}
    if format in STREAMED:
        return Response(_streamed(asked, tally), headers=headers, content_type=FORMATS[format])
    folder = tempfile.TemporaryDirectory(prefix="quotewright-export-")
    path = Path(folder.name) / f"decisions.{format}"
    with ExitStack() as undone:
        undone.callback(folder.cleanup)
        asked.write(path, tally)
        undone.pop_all()
    headers |= {MANIFEST: json.dumps(tally.manifest()), "Content-Length": str(tally.size)}
    return Response(_sent(folder, path), headers=headers, content_type=FORMATS[format])


def _streamed(asked: Export, tally: Tally) -> Iterator[bytes]:
    yield from asked.blocks(tally)
    manifest = orjson.dumps({"manifest": tally.manifest()})
    yield (b"# " if asked.format == "csv" else b"") + manifest + b"\n"


def _sent(folder: tempfile.TemporaryDirectory[str], path: Path) -> Iterator[bytes]:
    """The folder goes when the answer has gone out, or nobody wants it any more."""
    with folder, path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def wanted(at: Services) -> Wanted:
    """What the query asks. Raises Refused (400)."""
    version, practice = queries.printable("version"), queries.printable("practice")
    approver, until = queries.printable("approver"), queries.day("until")
    return Wanted(
        client_id=queries.printable("client"),
        caller=queries.printable("caller"),
        since=_midnight(queries.day("since")),
        until=_midnight(until + timedelta(days=1)) if until else None,
        version=version,
        outcome=queries.choice("outcome", OUTCOMES),
        currency=queries.printable("currency"),
        lowest=queries.whole("lowest", 0, MOST_MONEY),
        highest=queries.whole("highest", 0, MOST_MONEY),
        rule=queries.printable("rule"),
        rules_among=at.rules_known.among(practice, approver, version),
        overridden=queries.switch("overridden"),
        overridden_by_role=queries.choice("overridden_by_role", tuple(Role)),
        result=queries.choice("result", RESULTS),
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)


def _told(found: Found) -> dict[str, object]:
    return {name: getattr(found, name) for name in Found.__slots__}
