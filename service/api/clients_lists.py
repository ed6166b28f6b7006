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
from service.clients.drawing import settings
from service.clients.reports import REPORTS, written
from service.domain.lists import SETTINGS, Approach, Drawing, Measure, Ties, Union
from service.domain.money import EXPONENTS
from service.domain.people import Role

blueprint = Blueprint("clients-lists", __name__, description="What the firm's books say of all its clients.")
MOST_ROWS, USUAL_ROWS = 1_000_000, 1_000
_SET = "the book's `{}` of that day, or "


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
        query("months", "integer", f"Whole months before the day; {_SET.format('list_months')}6."),
        query("vip_share", "integer", f"Basis points of those who paid; {_SET.format('list_vip_share')}2000."),
        query("second_share", "integer",
              f"Basis points, of the weakest in A, of the next best in B; {_SET.format('list_second_share')}2000."),
        query("few", "integer",
              f"With fewer who paid in a month there are no categories in it; {_SET.format('list_few')}20."),
        query("recent_days", "integer",
              f"Up to so many days ago a purchase is recent; {_SET.format('activity_recent_days')}90."),
        query("lost_days", "integer",
              f"Longer ago, and a client that came back is lost; {_SET.format('activity_lost_days')}180."),
        query("often", "integer", f"So many purchases in the year are many; {_SET.format('activity_often')}6."),
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
    """Categories, the Pareto curve, months, overlap of measures, attention, activity, reminders that are due, or when
    each client is expected to buy next."""
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
    """As the query asks, or else the policy in force. Raises Refused."""
    drawn_on, book = queries.day("as_of") or services().now().date(), services().policy.current.policy.book
    asked = {s.field: queries.whole(s.field, s.least, s.most) for s in SETTINGS.values()}
    return Drawing(
        drawn_on=drawn_on,
        currency=queries.choice("currency", tuple(EXPONENTS)) or book.currency,
        measure=Measure(queries.choice("measure", tuple(Measure)) or Measure.MONEY),
        approach=Approach(queries.choice("approach", tuple(Approach)) or Approach.A),
        union=Union(queries.choice("union", tuple(Union)) or Union.MONTHS),
        ties=Ties(queries.choice("ties", tuple(Ties)) or Ties.IN),
        second=Measure(queries.choice("second", tuple(Measure)) or Measure.SERVICES),
        **settings(book, drawn_on) | {field: number for field, number in asked.items() if number is not None},
    )
