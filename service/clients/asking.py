"""Questions about all clients, put to whatever holds the books: PostgreSQL itself, or DuckDB, or Spark, beside a
SQLite file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb

from service.clients import queries
from service.clients.mirror import Mirror
from service.clients.spark import Spark
from service.clients.standing import months_before
from service.domain.lists import (
    CATEGORIES,
    Active,
    Activity,
    Attention,
    Averages,
    Drawing,
    Due,
    Expected,
    Listed,
    Measure,
    Month,
    Movement,
    Overlap,
    Pareto,
    Point,
)
from service.domain.money import PERCENT_SCALE, Rounding, divide
from service.ledger import Database
from service.ledger.books import Books

Ask = Callable[[str], list[tuple[Any, ...]]]

USUAL_SHARE = 7_000
"""Of its own usual, below which a VIP paid clearly less (C7)."""


class ListsUnavailable(Exception):
    """The files beside a SQLite ledger can't be written or read, or who reads them has no room or can't be started."""


class Asking:
    """Every method raises LedgerUnavailable, ListsUnavailable.

    `spark_master`: who reads those files instead of DuckDB; empty for nobody.
    """

    def __init__(self, database: Database, spark_master: str = "") -> None:
        self._database, self._spark = database, spark_master
        self._held: tuple[str, Ask] | None = None

    @contextmanager
    def held(self, currency: str) -> Iterator[None]:
        """What is asked meanwhile, in this currency alone, is asked of one state of the books, opened once."""
        with self._of(currency) as ask:
            self._held = currency, ask
            try:
                yield
            finally:
                self._held = None

    @contextmanager
    def _of(self, currency: str) -> Iterator[Ask]:
        if self._held:
            assert self._held[0] == currency, "another currency would wait for the files that this one holds"
            yield self._held[1]
            return
        books = Books(self._database)
        if self._database.file is None:
            with books.views(currency) as ask:
                yield ask
            return
        folder = self._database.file.with_name(f"{self._database.file.name}.books")
        mirror = Mirror(books, folder)
        try:
            if self._spark:
                with Spark(self._spark).opened(mirror, currency) as ask:
                    yield ask
            else:
                with mirror.opened(currency) as db:
                    yield lambda sql: db.execute(sql).fetchall()
        except OSError as fault:
            raise ListsUnavailable(f"{fault.filename}: {fault.strerror}") from fault
        except (duckdb.OperationalError, duckdb.InvalidInputException) as fault:
            raise ListsUnavailable(f"{folder}, which may be deleted and is made anew: {fault}") from fault

    def listed(self, drawing: Drawing) -> tuple[Listed, ...]:
        """Every client who paid in the period, the strongest first."""
        with self._of(drawing.currency) as ask:
            return _listed(ask, drawing)

    def pareto(self, drawing: Drawing) -> Pareto:
        with self._of(drawing.currency) as ask:
            points, months = ask(queries.curve(drawing)), ask(queries.by_month(drawing))
        clients, whole = (int(points[0][1]), int(points[0][3])) if points else (0, 0)
        return Pareto(
            clients=clients,
            measure=whole,
            curve=tuple(
                Point(clients=place, share_of_clients=_share(place, clients), share_of_measure=_share(together, whole))
                for place, _, together, _ in points
            ),
            months=tuple(
                Month(month=month, payers=payers, payments=payments, measure=measure, vips=vips,
                      vip_share=_share(theirs, measure))
                for month, payers, payments, measure, vips, theirs in months
            ),
        )  # fmt: skip

    def averages(self, drawing: Drawing) -> tuple[Averages, ...]:
        """Of each category that anybody is in."""
        return averages(self.listed(drawing), drawing)

    def movements(self, drawing: Drawing, months: int) -> tuple[Movement, ...]:
        """From each of so many lists, drawn a month apart, to the next, up to the one of the day."""
        days = [months_before(drawing.drawn_on, back) for back in range(months, -1, -1)]
        with self._of(drawing.currency) as ask:
            lists = [{each.client_id: each.category for each in _listed(ask, replace(drawing, drawn_on=day))}
                     for day in days]  # fmt: skip
        return tuple(
            Movement(drawn_on=day, before=before, after=after, clients=count)
            for day, (earlier, later) in zip(days[1:], pairwise(lists), strict=True)
            for (before, after), count in sorted(_moves(earlier, later).items())
        )

    def overlaps(self, drawing: Drawing) -> tuple[Overlap, ...]:
        """Of the VIP lists under each two measures."""
        with self._of(drawing.currency) as ask:
            vips = {m: _vips(_listed(ask, _measured(drawing, m))) for m in Measure}
        pairs = [(one, other) for at, one in enumerate(Measure) for other in list(Measure)[at + 1 :]]
        return tuple(
            Overlap(one=one, other=other, both=len(vips[one] & vips[other]), by_one=len(vips[one]),
                    by_other=len(vips[other]))
            for one, other in pairs
        )  # fmt: skip

    def attention(self, drawing: Drawing) -> tuple[Attention, ...]:
        return attention(self.listed(drawing), drawing)

    def activity(self, drawing: Drawing) -> tuple[Active, ...]:
        """Every client who ever bought, who brought most first."""
        as_of = drawing.drawn_on
        quarters = (months_before(as_of, 9), months_before(as_of, 6), months_before(as_of, 3))
        with self._of(drawing.currency) as ask:
            rows = ask(queries.activity(drawing, months_before(as_of, 12), quarters))
        return tuple(
            Active(client_id=id, recency=int(recency), purchases=purchases, money=money, quarters=(q1, q2, q3, q4),
                   recency_score=r, frequency_score=f, money_score=m, activity=Activity(activity))
            for id, recency, purchases, money, q1, q2, q3, q4, r, f, m, activity in rows
        )  # fmt: skip

    def due(self, drawing: Drawing) -> tuple[Due, ...]:
        """Who should hear of the firm now (D8), the most urgent first; nobody where no client ever came back."""
        with self._of(drawing.currency) as ask:
            ((days,),) = ask(queries.window(drawing.drawn_on))
            rows = ask(queries.waiting(drawing.drawn_on, int(days))) if days is not None else []
        return tuple(Due(client_id=id, first_purchase=_day(first), days_left=int(left)) for id, first, left in rows)

    def expected(self, drawing: Drawing) -> tuple[Expected, ...]:
        """Every client that is expected to buy again, who is latest first."""
        with self._of(drawing.currency) as ask:
            rows = ask(queries.expected(drawing.drawn_on))
        return tuple(
            Expected(client_id=id, last_purchase=_day(latest), gaps=int(gaps), usual=int(usual),
                     expected_on=_day(latest + usual), late=int(late))
            for id, latest, gaps, usual, late in rows
        )  # fmt: skip


def _day(number: int) -> date:
    return date.fromordinal(int(number) + queries.EPOCH)


def _listed(ask: Ask, drawing: Drawing) -> tuple[Listed, ...]:
    return tuple(
        Listed(client_id=id, category=category, measure=measure, vip_months=vip_months, paid_months=paid_months,
               last=last, average=divide(measure, drawing.months, Rounding.HALF_UP), payments=payments, units=units)
        for id, category, measure, vip_months, paid_months, last, payments, units in ask(queries.listed(drawing))
    )  # fmt: skip


def attention(listed: tuple[Listed, ...], drawing: Drawing) -> tuple[Attention, ...]:
    """VIPs who paid clearly less than usual, or nothing (C7), then clients who reach what VIPs bring (C6)."""
    vips = [each for each in listed if each.category == "vip"]
    if not vips:
        return ()
    less = [_less_than_usual(each, drawing) for each in vips]
    usual = divide(sum(each.average for each in vips), len(vips), Rounding.HALF_UP)
    reached = [
        Attention(client_id=each.client_id, why="candidate", last=each.last, usual=usual)
        for each in listed
        if each.category != "vip" and each.last >= usual > 0
    ]
    return (*(each for each in less if each is not None), *reached)


def averages(listed: tuple[Listed, ...], drawing: Drawing) -> tuple[Averages, ...]:
    found = []
    for category in CATEGORIES:
        theirs = [each for each in listed if each.category == category]
        if theirs:
            measure, payments = sum(each.measure for each in theirs), sum(each.payments for each in theirs)
            found.append(
                Averages(
                    category=category, clients=len(theirs),
                    payment=divide(measure, payments, Rounding.HALF_UP) if payments else 0,
                    spending=divide(measure, len(theirs) * drawing.months, Rounding.HALF_UP),
                    units=divide(sum(each.units for each in theirs), len(theirs), Rounding.HALF_UP),
                )
            )  # fmt: skip
    return tuple(found)


def _moves(earlier: Mapping[str, str], later: Mapping[str, str]) -> Counter[tuple[str, str]]:
    return Counter((earlier.get(id, "new"), later.get(id, "lapsed")) for id in earlier.keys() | later.keys())


def _vips(listed: tuple[Listed, ...]) -> set[str]:
    return {each.client_id for each in listed if each.category == "vip"}


def _measured(drawing: Drawing, measure: Measure) -> Drawing:
    return replace(drawing, measure=measure)


def _less_than_usual(each: Listed, drawing: Drawing) -> Attention | None:
    before = max(drawing.months - 1, 1)
    usual = divide(each.measure - each.last, before, Rounding.HALF_UP)
    if each.last * PERCENT_SCALE >= usual * USUAL_SHARE:
        return None
    return Attention(
        client_id=each.client_id, why="paid_nothing" if each.last == 0 else "paid_less", last=each.last, usual=usual
    )


def _share(part: int, whole: int) -> int:
    return divide(part * PERCENT_SCALE, whole, Rounding.HALF_UP) if whole > 0 else 0
