"""/audit/reports and /audit/sign-ins: what was given away, what got lost, who decided otherwise, who came in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response

from service.api import queries
from service.api.access import caller, needs
from service.api.problems import Refused
from service.api.services import services
from service.clients.standing import months_before
from service.domain.giving import GivenIn, Sum, Won, leaked, summed
from service.domain.money import PERCENT_SCALE, Rounding, divide
from service.domain.people import Role
from service.ledger.giving import Giving
from service.pages.figures import figures
from service.pages.page import page

blueprint = Blueprint("reports_page", __name__, template_folder="templates")
SHOWN, SIGN_INS = 20, 100
MOST_MONTHS = 36


@blueprint.get("/audit/reports")
@needs(Role.FINANCE)
def reports() -> Response:
    """Of whole months of UTC; of the last twelve, where no days are named."""
    at, refused = services(), ""
    today = at.now().date()
    first, last = _year(today)
    try:
        first, last = queries.day("since") or first, queries.day("until") or last
        if not first <= last or _months(first, last) > MOST_MONTHS:
            refused = f"Name a first and a last day, at most {MOST_MONTHS} months apart."
    except Refused as fault:
        refused = fault.problem.detail
    if refused:
        first, last = _year(today)
    first, last = first.replace(day=1), _month_end(last)
    months, names = Giving(at.ledger.database).months(first, last), at.people.names()
    given = [each for month in months for each in month.given]
    won = [each for month in months for each in month.won]
    since, until = _moment(first), _moment(last + timedelta(days=1))
    return page(
        "reports.html", 400 if refused else 200, caller=caller(), first=first, last=last, refused=refused,
        concessions={
            "month": summed(given, _month), "client": _most(summed(given, _client)),
            "asked by": _most(summed(given, lambda each: names.get(each.caller, each.caller))),
            "rule": _most(summed(given, lambda each: each.rules.replace(" ", " + "))),
            "kind": summed(given, lambda each: each.kind.replace("_", " ")),
        },
        leakage={
            "month": leaked(won, lambda each: each.month),
            "asked by": leaked(won, lambda each: names.get(each.caller, each.caller)),
        },
        share=_share, money=figures().money, names=names, outcomes=_outcomes([month.outcomes for month in months]),
        overrides=at.overrides.between(since, until, SHOWN), counts=at.overrides.counted(since, until),
    )  # fmt: skip


@blueprint.get("/audit/sign-ins")
@needs(Role.FINANCE)
def sign_ins() -> Response:
    at = services()
    with at.people.reading() as roster:
        lines = roster.sign_ins(queries.whole("before", 1, 10**18), SIGN_INS)
    older = lines[-1][0] if len(lines) == SIGN_INS else None
    return page("sign_ins.html", caller=caller(), lines=lines, names=at.people.names(), older=older)


def _months(first: date, last: date) -> int:
    """Calendar months that both days and those between lie in."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _month_end(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def _most(sums: tuple[Sum, ...]) -> list[Sum]:
    """In each currency those who were offered most: what one coin is worth in another isn't known here."""
    of: dict[str, list[Sum]] = {}
    for one in sums:
        of.setdefault(one.currency, []).append(one)
    return [one for theirs in of.values() for one in theirs[:SHOWN]]


def _year(today: date) -> tuple[date, date]:
    return months_before(today.replace(day=1), 11), today


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _month(each: GivenIn) -> str:
    return each.month


def _client(each: GivenIn) -> str:
    return each.client_id


def _share(won: Won) -> str:
    """What of the quoted sum got lost."""
    return figures().percent(divide(won.lost * PERCENT_SCALE, won.quoted, Rounding.HALF_UP)) if won.quoted else ""


def _outcomes(months: list[dict[str, int]]) -> dict[str, int]:
    names = sorted({name for month in months for name in month})
    return {name: sum(month.get(name, 0) for month in months) for name in names}
