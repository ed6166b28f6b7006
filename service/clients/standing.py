"""How one client stands with the firm on a day, by the books: the facts of a request that they can tell.

Raw figures alone: what they mean for a client is derived in the policy book. Money is in minor units of one currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from service.domain.books import SIGNALS, Account, Incident
from service.domain.money import Rounding, divide

RECENT_MONTHS, OLDER_MONTHS = 6, 18
"""Windows of hassle signals (P3): the last six months, and the eighteen before."""
YEAR = 12

LOYAL_PURCHASES, EXPLOITED_QUOTES, ONE_OFF_DAYS = 6, 3, 180
"""C12, ours: purchases in the year of a loyal buyer; quotes in the year of which none was accepted without something
given; days after which a single purchase counts as the only one."""

Exchange = Callable[[Mapping[str, int]], int]
"""Sums by currency to one sum in the request's."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What doesn't count as late or overdue (T3): a sum up to `negligible`, an age up to `days`."""

    negligible: int
    days: int


def standing(account: Account, as_of: date, exchange: Exchange, thresholds: Thresholds) -> dict[str, int | str]:
    """By the names of facts. A fact of which the books tell nothing is missing."""
    facts: dict[str, int | str] = {}
    if account.category is not None:
        facts["client.category"] = account.category
    facts |= _activity(account, as_of) | _relationship(account, as_of)
    if account.payments:
        facts |= _money(account, as_of, exchange)
    if account.services:
        costs = ((s.currency, s.cost) for s in account.services if s.day > months_before(as_of, YEAR))
        facts["client.cost_12m"] = exchange(_summed(costs))
    if account.conceded:
        facts["client.concessions_12m"] = exchange(_summed(account.conceded))
    if account.invoices:
        facts |= _debts(account, as_of, exchange, thresholds)
    if account.incidents:
        facts |= _signals(account.incidents, as_of)
    return facts


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def whole_months(first: date, last: date) -> int:
    """How many months have passed from one day to another."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _activity(account: Account, as_of: date) -> dict[str, int | str]:
    days = [p.day for p in account.payments] + [i.issued_on for i in account.invoices]
    ordered = [s.day for s in account.services] or [i.issued_on for i in account.invoices]
    days += ordered
    if not days:
        return {}
    facts: dict[str, int | str] = {"client.months_active": whole_months(min(days), as_of)}
    if ordered:
        facts["client.orders"] = len(ordered)
        facts["client.days_since_last_order"] = (as_of - max(ordered)).days
    return facts


def _relationship(account: Account, as_of: date) -> dict[str, int | str]:
    """What the client seeks (C12), where what it did says so. Seekers can't be told from the books."""
    bought = {p.day for p in account.payments if p.amount > 0}
    lately = sum(day > months_before(as_of, YEAR) for day in bought)
    quotes, given = len(account.conceded), sum(amount > 0 for _, amount in account.conceded)
    if quotes >= EXPLOITED_QUOTES and given == quotes:
        return {"client.relationship": "exploiter"}
    if lately >= LOYAL_PURCHASES and quotes and not given:
        return {"client.relationship": "loyal"}
    if len(bought) == 1 and (as_of - max(bought)).days > ONE_OFF_DAYS:
        return {"client.relationship": "one_off"}
    return {}


def _money(account: Account, as_of: date, exchange: Exchange) -> dict[str, int | str]:
    received = exchange(_summed((p.currency, p.amount) for p in account.payments))
    months = {(p.day.year, p.day.month) for p in account.payments}
    year = ((p.currency, p.amount) for p in account.payments if p.day > months_before(as_of, YEAR))
    return {
        "client.average_monthly_payment": divide(received, len(months), Rounding.DOWN),
        "client.revenue_12m": exchange(_summed(year)),
    }


def _debts(account: Account, as_of: date, exchange: Exchange, thresholds: Thresholds) -> dict[str, int | str]:
    open_now = [i for i in account.invoices if i.paid_on is None or i.paid_on > as_of]
    due = [i for i in open_now if i.due_on < as_of]
    late = sum(
        ((i.paid_on if i.paid_on and i.paid_on <= as_of else as_of) - i.due_on).days > thresholds.days
        and exchange({i.currency: i.amount}) > thresholds.negligible
        for i in account.invoices
    )
    overdue = exchange(_summed((i.currency, i.amount) for i in due))
    oldest = max([(as_of - i.due_on).days for i in due if i.amount > 0], default=0)
    return {
        "client.late_payments": late,
        "client.overdue": overdue if oldest else 0,
        "client.overdue_days": oldest if overdue > 0 else 0,
        "client.exposure": exchange(_summed((i.currency, i.amount) for i in open_now)),
    }


def _signals(incidents: Iterable[Incident], as_of: date) -> dict[str, int | str]:
    recent, older = months_before(as_of, RECENT_MONTHS), months_before(as_of, RECENT_MONTHS + OLDER_MONTHS)
    counts = {f"hassle.{window}.{name}": 0 for window in ("recent", "older") for name in SIGNALS}
    for incident in incidents:
        if incident.day > older:
            counts[f"hassle.{'recent' if incident.day > recent else 'older'}.{incident.signal}"] += incident.count
    return dict(counts)


def _summed(sums: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for currency, amount in sums:
        total[currency] += amount
    return total
