"""Forty rules twice: as a book says them and as a programmer would write them. Both must find the same ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Facts = dict[str, Any]

WHEN = {
    "old-client": "client.months_active >= 24 && client.orders >= 10",
    "young-client": "client.months_active < 3 && client.orders <= 1",
    "late-payer": "client.late_payments >= 2",
    "owes": "client.overdue > 100.00 && client.overdue_days > 1",
    "owes-long": "client.overdue > 0.00 && client.overdue_days > 30",
    "vip": 'client.category == "vip"',
    "vip-costs": 'client.category == "vip" && client.cost_12m * 2 > client.revenue_12m',
    "other-when-full": 'client.category == "other" && firm.backlog_days > 20',
    "exploiter": 'client.relationship == "exploiter" && client.concessions_12m > 0.00',
    "loyal": 'client.relationship in ["loyal", "seeker"] && client.orders > 3',
    "bound": "client.running_contract && !client.warning_recorded",
    "warned": "client.warning_recorded",
    "exposed": "client.exposure > client.average_monthly_payment",
    "changes": "hassle.recent.changed_decisions >= 15",
    "some-changes": "hassle.recent.changed_decisions >= 8 && hassle.recent.changed_decisions < 15",
    "scenes": "hassle.recent.scenes + hassle.older.scenes >= 2",
    "haggles": "hassle.recent.trifling_haggles >= 2 || hassle.older.trifling_haggles >= 4",
    "drains": "hassle.recent.draining_meetings >= 3 && hassle.staff_rating >= 3",
    "teaches": "hassle.recent.teaching + hassle.older.teaching >= 2",
    "cancels": "hassle.recent.cancellations >= 2",
    "hard": "hassle.staff_rating >= 4",
    "large": "job.fair_price >= 20000.00",
    "small": "job.fair_price < 300.00",
    "thin": "job.fair_price < job.cost + 100.00",
    "many-lines": "job.line_count > 5",
    "support": "job.support_lines > 0 && job.making_lines > 0",
    "vague": 'job.scope in ["outline", "concept"] && job.open_weight > 4',
    "open": "job.open_count >= 3",
    "taste": "job.taste_only && job.references == 0",
    "long": "job.duration_days >= 20",
    "late": "has(job.deadline_days) && job.deadline_days < job.duration_days + firm.earliest_start_days",
    "extras": "job.extras_count > 0 && job.extras_price > 50.00",
    "asked": "deal.asked_discount && deal.closes_if_discounted",
    "asked-idly": "deal.asked_discount && !deal.closes_if_discounted",
    "poor": "has(deal.budget) && deal.budget * 3 <= job.fair_price",
    "short": "has(deal.budget) && deal.budget * 3 > job.fair_price && deal.budget < job.fair_price",
    "rival": "has(deal.competitor_price) && deal.competitor_price < job.fair_price",
    "ready": 'deal.stage == "ready" && !deal.asked_discount',
    "hesitates": 'deal.obstacle == "hesitating" && deal.stage != "inquiry"',
    "growing": 'firm.strategy == "growth" && firm.backlog_days <= 5',
}
"""Money in major units here, in minor units of a currency with two decimals below."""


def matched(f: Facts) -> list[str]:
    ids: list[str] = []
    _client(f, ids.append)
    _hassle(f, ids.append)
    _job(f, ids.append)
    _deal(f, ids.append)
    return ids


def _client(f: Facts, found: Callable[[str], None]) -> None:
    months, orders, overdue, overdue_days = (
        f["client.months_active"], f["client.orders"], f["client.overdue"], f["client.overdue_days"]
    )  # fmt: skip
    if months >= 24 and orders >= 10:
        found("old-client")
    if months < 3 and orders <= 1:
        found("young-client")
    if f["client.late_payments"] >= 2:
        found("late-payer")
    if overdue > 100_00 and overdue_days > 1:
        found("owes")
    if overdue > 0 and overdue_days > 30:
        found("owes-long")
    if f["client.category"] == "vip":
        found("vip")
        if f["client.cost_12m"] * 2 > f["client.revenue_12m"]:
            found("vip-costs")
    elif f["client.category"] == "other" and f["firm.backlog_days"] > 20:
        found("other-when-full")
    if f["client.relationship"] == "exploiter" and f["client.concessions_12m"] > 0:
        found("exploiter")
    if f["client.relationship"] in ("loyal", "seeker") and orders > 3:
        found("loyal")
    if f["client.running_contract"] and not f["client.warning_recorded"]:
        found("bound")
    if f["client.warning_recorded"]:
        found("warned")
    if f["client.exposure"] > f["client.average_monthly_payment"]:
        found("exposed")


def _hassle(f: Facts, found: Callable[[str], None]) -> None:
    changes, rating = f["hassle.recent.changed_decisions"], f["hassle.staff_rating"]
    if changes >= 15:
        found("changes")
    elif changes >= 8:
        found("some-changes")
    if f["hassle.recent.scenes"] + f["hassle.older.scenes"] >= 2:
        found("scenes")
    if f["hassle.recent.trifling_haggles"] >= 2 or f["hassle.older.trifling_haggles"] >= 4:
        found("haggles")
    if f["hassle.recent.draining_meetings"] >= 3 and rating >= 3:
        found("drains")
    if f["hassle.recent.teaching"] + f["hassle.older.teaching"] >= 2:
        found("teaches")
    if f["hassle.recent.cancellations"] >= 2:
        found("cancels")
    if rating >= 4:
        found("hard")


def _job(f: Facts, found: Callable[[str], None]) -> None:
    fair_price, duration = f["job.fair_price"], f["job.duration_days"]
    if fair_price >= 20_000_00:
        found("large")
    elif fair_price < 300_00:
        found("small")
    if fair_price < f["job.cost"] + 100_00:
        found("thin")
    if f["job.line_count"] > 5:
        found("many-lines")
    if f["job.support_lines"] > 0 and f["job.making_lines"] > 0:
        found("support")
    if f["job.scope"] in ("outline", "concept") and f["job.open_weight"] > 4:
        found("vague")
    if f["job.open_count"] >= 3:
        found("open")
    if f["job.taste_only"] and f["job.references"] == 0:
        found("taste")
    if duration >= 20:
        found("long")
    if f["has:job.deadline_days"] and f["job.deadline_days"] < duration + f["firm.earliest_start_days"]:
        found("late")
    if f["job.extras_count"] > 0 and f["job.extras_price"] > 50_00:
        found("extras")


def _deal(f: Facts, found: Callable[[str], None]) -> None:
    fair_price, asked = f["job.fair_price"], f["deal.asked_discount"]
    if asked:
        found("asked" if f["deal.closes_if_discounted"] else "asked-idly")
    elif f["deal.stage"] == "ready":
        found("ready")
    if f["has:deal.budget"]:
        if f["deal.budget"] * 3 <= fair_price:
            found("poor")
        elif f["deal.budget"] < fair_price:
            found("short")
    if f["has:deal.competitor_price"] and f["deal.competitor_price"] < fair_price:
        found("rival")
    if f["deal.obstacle"] == "hesitating" and f["deal.stage"] != "inquiry":
        found("hesitates")
    if f["firm.strategy"] == "growth" and f["firm.backlog_days"] <= 5:
        found("growing")
