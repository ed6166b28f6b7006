"""GET /clients/lists/{name}: what the firm's books say of all its clients."""

from __future__ import annotations

import csv
import io
from itertools import islice

import orjson
from flask import Response
from flask_smorest import Blueprint

from schemas.problem import Problem
from service.api import queries
from service.api.access import needs
from service.api.documented import JSON, answers, query
from service.api.problems import Refused
from service.api.services import Services, services
from service.clients.asking import Asking
from service.clients.reports import REPORTS, written
from service.domain.lists import Approach, Drawing, Measure, Ties, Union
from service.domain.money import EXPONENTS
from service.domain.people import Role

blueprint = Blueprint("clients-lists", __name__, description="What the firm's books say of all its clients.")
MOST_ROWS, USUAL_ROWS = 1_000_000, 1_000


@blueprint.route("/clients/lists/<name>", methods=["GET"])
@blueprint.doc(
    parameters=[
        query("as_of", "string", "Day of the list, whose month doesn't count any more; today.", "date"),
        query("currency", "string", "Rows of other currencies are left out; the book's."),
        query("measure", "string", f"One of {', '.join(Measure)}."),
        query("approach", "string", "A cuts the weakest off as other, B calls the next best good."),
        query("union", "string", "months: lists of each month united; period: one over all."),
        query("ties", "string", "Who bring as much as the last one: in, out, or second, by a second measure."),
        query("second", "string", f"The second measure, one of {', '.join(Measure)}; services."),
        query("months", "integer", "Whole months before the day; 6."),
        query("vip_share", "integer", "Basis points of those who paid; 2000."),
        query("second_share", "integer", "Basis points, of the weakest in A, of the next best in B; 2000."),
        query("few", "integer", "With fewer who paid in a month there are no categories in it; 20."),
        query("limit", "integer", "Rows at most; 1000."),
        query("format", "string", "json or csv."),
    ],
    responses=answers(
        "Rows, money in minor units and shares in basis points.", JSON, {"type": "array", "items": {"type": "object"}},
        400, 403, 404, 429, 500, 503,
    ),
)  # fmt: skip
@needs(Role.MANAGER)
def listed(name: str) -> Response:
    """Categories, the Pareto curve, months, overlap of measures, attention, activity, or who is due for a reminder."""
    at = services()
    report = REPORTS.get(name)
    if report is None:
        detail = f"There is no such list; there are {', '.join(REPORTS)}."
        raise Refused(Problem(status=404, code="no-such-list", detail=detail))
    limit = queries.whole("limit", 1, MOST_ROWS) or USUAL_ROWS
    form = queries.choice("format", ("json", "csv")) or "json"
    rows = list(islice(report.rows(asking(at), drawing()), limit))
    if form == "json":
        return Response(orjson.dumps(rows), content_type=JSON)
    text = io.StringIO(newline="")
    out = csv.writer(text)
    if rows:
        out.writerow(rows[0])
    out.writerows([written(value) for value in row.values()] for row in rows)
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8")


def asking(at: Services) -> Asking:
    return Asking(at.ledger.database, at.settings.spark_master)


def drawing() -> Drawing:
    """As the query asks. Raises Refused."""
    return Drawing(
        drawn_on=queries.day("as_of") or services().now().date(),
        currency=queries.choice("currency", tuple(EXPONENTS)) or services().policy.current.policy.book.currency,
        measure=Measure(queries.choice("measure", tuple(Measure)) or Measure.MONEY),
        approach=Approach(queries.choice("approach", tuple(Approach)) or Approach.A),
        union=Union(queries.choice("union", tuple(Union)) or Union.MONTHS),
        ties=Ties(queries.choice("ties", tuple(Ties)) or Ties.IN),
        second=Measure(queries.choice("second", tuple(Measure)) or Measure.SERVICES),
        months=queries.whole("months", 1, 36) or 6,
        vip_share=queries.whole("vip_share", 1, 9_999) or 2_000,
        second_share=queries.whole("second_share", 1, 9_999) or 2_000,
        few=queries.whole("few", 1, 10_000) or 20,
    )
