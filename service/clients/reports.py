"""The lists as rows of plain values, for files, answers and tables. Asks nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from service.clients.asking import Asking
from service.domain.lists import Drawing

Row = Mapping[str, Any]
MOVED_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Report:
    """`meaning`: one line for people. `money`: columns in minor units; `shares`: columns in basis points."""

    name: str
    meaning: str
    rows: Callable[[Asking, Drawing], Iterable[Row]]
    money: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()


def _curve(asking: Asking, drawing: Drawing) -> Iterable[Row]:
    return [asdict(point) for point in asking.pareto(drawing).curve]


def _months(asking: Asking, drawing: Drawing) -> Iterable[Row]:
    return [asdict(month) for month in asking.pareto(drawing).months]


def _plain(rows: Iterable[Any]) -> Iterable[Row]:
    return [asdict(row) for row in rows]


def _activity(asking: Asking, drawing: Drawing) -> Iterable[Row]:
    for each in asking.activity(drawing):
        row = asdict(each)
        quarters = row.pop("quarters")
        yield row | {f"quarter_{n}": amount for n, amount in enumerate(quarters, 1)}


REPORTS = {
    report.name: report
    for report in (
        Report(
            "categories", "Every client who paid in the period with its category, the strongest first.",
            lambda asking, drawing: _plain(asking.listed(drawing)), frozenset({"measure", "last", "average"}),
        ),
        Report(
            "pareto", "Which share of the clients brings which share of the measure.", _curve,
            shares=frozenset({"share_of_clients", "share_of_measure"}),
        ),
        Report(
            "months", "Each month: who paid, what it brought, and what its VIPs brought of it.", _months,
            frozenset({"measure"}), frozenset({"vip_share"}),
        ),
        Report(
            "averages", "What a client of each category pays at a time and in a month, and its units.",
            lambda asking, drawing: _plain(asking.averages(drawing)), frozenset({"payment", "spending"}),
        ),
        Report(
            "movement", "How many clients went from one category to another, month by month.",
            lambda asking, drawing: _plain(asking.movements(drawing, MOVED_MONTHS)),
        ),
        Report(
            "overlap", "How many clients are VIP under each two measures.",
            lambda asking, drawing: _plain(asking.overlaps(drawing)),
        ),
        Report(
            "attention", "VIPs who paid clearly less than usual, and clients who reach what VIPs bring.",
            lambda asking, drawing: _plain(asking.attention(drawing)), frozenset({"last", "usual"}),
        ),
        Report(
            "activity", "Recency, frequency and money over the year, and where each client stands by them.", _activity,
            frozenset({"money", *(f"quarter_{n}" for n in range(1, 5))}),
        ),
        Report(
            "due", "Clients to remind, just before the time of most second purchases runs out.",
            lambda asking, drawing: _plain(asking.due(drawing)),
        ),
        Report(
            "expected", "When each client is expected to buy next, by its own usual time between two purchases.",
            lambda asking, drawing: _plain(asking.expected(drawing)),
        ),
    )
}  # fmt: skip
"""By name, which is also the command's and the address's."""


def written(value: object) -> object:
    """As files hold it."""
    return value.isoformat() if isinstance(value, date) else value
