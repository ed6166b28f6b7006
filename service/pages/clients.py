"""/clients: what the firm's books say of all its clients."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from service.api.access import caller, needs
from service.api.clients_lists import asking, drawing
from service.api.problems import Refused
from service.api.services import services
from service.clients.asking import attention, averages
from service.domain.lists import Approach, Drawing, Measure, Pareto, Ties, Union
from service.domain.people import Role
from service.pages import charts
from service.pages.figures import figures
from service.pages.page import page

blueprint = Blueprint("clients_page", __name__, template_folder="templates")
SHOWN = 50
A_FIFTH = 2_000
CURVE_WIDTH, CURVE_HEIGHT = 1_000, 400


@blueprint.get("/clients")
@needs(Role.MANAGER)
def clients() -> Response:
    asked = {name: text for name, text in request.args.items() if text}
    if len(asked) != len(request.args):
        return redirect(f"/clients?{urlencode(asked)}" if asked else "/clients", 303)  # type: ignore[return-value]
    try:
        drawn, refused = drawing(), ""
    except Refused as fault:
        currency = services().policy.current.policy.book.currency
        drawn, refused = Drawing(drawn_on=services().now().date(), currency=currency), fault.problem.detail
    at = asking(services())
    with at.held(drawn.currency):
        pareto, listed, active = at.pareto(drawn), at.listed(drawn), at.activity(drawn)
        due, moved = at.due(drawn), at.movements(drawn, 1)
    return page(
        "clients.html", 400 if refused else 200,
        caller=caller(), drawn=drawn, refused=refused, pareto=pareto, curve=_curve(pareto),
        fifth=next((point for point in pareto.curve if point.share_of_clients >= A_FIFTH), None), listed=listed[:SHOWN],
        more=max(len(listed) - SHOWN, 0), attention=attention(listed, drawn), query=urlencode(asked),
        due=due[:SHOWN], averages=averages(listed, drawn), moved=charts.moved(moved),
        matrix=charts.matrix(active), activities=Counter(each.activity for each in active),
        told=lambda amount: _measured(amount, drawn), percent=figures().percent,
        measures=tuple(Measure), approaches=tuple(Approach), unions=tuple(Union), ties=tuple(Ties),
    )  # fmt: skip


def _measured(amount: int, drawn: Drawing) -> str:
    if drawn.measure in (Measure.SERVICES, Measure.UNITS):
        return figures().count(amount)
    return figures().money(amount, drawn.currency)


def _curve(pareto: Pareto) -> str:
    """The points of the curve, from nobody and nothing on, in the chart's view box; none where all together bring
    nothing. Where some cost more than they bring, the others reach beyond the whole."""
    if pareto.measure <= 0:
        return ""
    points = [(0, 0)] + [(point.share_of_clients, point.share_of_measure) for point in pareto.curve]
    most = max(y for _, y in points)
    return " ".join(f"{x * CURVE_WIDTH // 10_000},{CURVE_HEIGHT - y * CURVE_HEIGHT // most}" for x, y in points)
