"""Valid requests by a seeded generator: everyday ones, and every field at its extremes. Knows no policy."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

MOST_MONEY = 10**12
CURRENCIES = ("EUR", "EUR", "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "UAH", "JPY", "BHD")
SIGNALS = ("changed_decisions", "cancellations", "scenes", "trifling_haggles", "draining_meetings", "teaching")


def request(random: Random) -> dict[str, Any]:
    as_of = date(2026, 1, 1) + timedelta(days=random.randrange(1000))
    body: dict[str, Any] = {
        "currency": random.choice(CURRENCIES),
        "received_at": f"{as_of}T{random.randrange(24):02}:{random.randrange(60):02}:00+02:00",
        "as_of": str(as_of),
        "client": _client(random),
        "job": _job(random, as_of),
        "deal": _deal(random, as_of),
        "hassle": _hassle(random),
        "firm": _firm(random),
    }
    if random.random() < 0.1:
        body["dispute"] = {"amount": money(random), "cost_to_pursue": money(random)}
    if random.random() < 0.1:
        body["mistake"] = {"loss": money(random)}
    if random.random() < 0.1:
        starts_on = as_of + timedelta(days=random.choice((0, 7, 8, random.randrange(3650))))
        body["sale"] = {"starts_on": str(starts_on), "percent": percent(random)}
    if random.random() < 0.2:
        body["questions"] = [{"text": "When could you begin?"}] * random.randrange(1, 4)
    return body


def money(random: Random) -> int:
    """Nothing, a cent, the most there is, the sums that the book's numbers turn on, or something between."""
    kind = random.random()
    if kind < 0.15:
        return random.choice((0, 1, 2, 99, 2_000, 2_001, 50_000, 50_001, 200_000, MOST_MONEY - 1, MOST_MONEY))
    if kind < 0.75:
        return random.randrange(1_000, 2_000_000)
    return int(10 ** random.uniform(0, 12))


def percent(random: Random) -> int:
    return random.choice((0, 1, 500, 1000, 1001, 1500, 1501, 10_000, random.randrange(10_001)))


def flag(random: Random, likely: float = 0.2) -> bool:
    return random.random() < likely


def _client(random: Random) -> dict[str, Any]:
    overdue = money(random) if flag(random) else 0
    orders = random.choice((0, 1, 5, 10_000))
    client = {
        "id": "c-1",
        "category": random.choice(("vip", "good", "regular", "regular", "other")),
        "relationship": random.choice(("unknown", "unknown", "seeker", "loyal", "exploiter", "one_off")),
        "months_active": random.choice((0, 5, 6, 24, 600)),
        "orders": orders,
        "average_monthly_payment": random.choice((money(random), MOST_MONEY)),
        "late_payments": random.choice((0, 0, 0, 0, 1, 1000)),
        "overdue": overdue,
        "overdue_days": random.choice((1, 2, 60, 3650)) if overdue else 0,
        "exposure": random.choice((0, 0, money(random))),
        "running_contract": flag(random, 0.1),
        "warning_recorded": flag(random),
    }
    if flag(random, 0.3):
        revenue = money(random)
        cost = revenue * random.choice((0, 50, 80, 86, 120)) // 100
        given = random.choice((0, revenue // 100, money(random)))
        client |= {"revenue_12m": revenue, "cost_12m": min(cost, MOST_MONEY), "concessions_12m": given}
    if orders and flag(random):
        client["days_since_last_order"] = random.randrange(3651)
    return client


def _line(random: Random, most: int) -> dict[str, Any]:
    cost, fair = min(money(random), most), min(money(random), most)
    if flag(random, 0.6):
        cost = fair * random.choice((0, 40, 60, 70, 83, 84, 100, 130)) // 100
    return {
        "description": "Work",
        "kind": random.choice(("make", "make", "support", "repair", "monitor")),
        "cost": min(cost, most),
        "fair_price": fair,
    }


def _job(random: Random, as_of: date) -> dict[str, Any]:
    lines = 0 if flag(random, 0.04) else random.choice((1, 1, 2, 2, 3, 7))
    extras = random.choice((0, 0, 0, 1, 3))
    open_details = 100 if random.random() < 0.01 else random.choice((0, 0, 1, 2, 3))
    job: dict[str, Any] = {
        "scope": random.choice(("complete", "complete", "detailed", "defined", "outline", "concept")),
        "lines": [_line(random, MOST_MONEY // max(lines, 1)) for _ in range(lines)],
        "open_details": [{"name": f"detail {n}", "weight": random.choice((1, 2, 10))} for n in range(open_details)],
        "extras": [
            {"description": "Extra", "cost": random.choice((0, money(random) // 99)), "price": money(random) // 99}
            for _ in range(extras)
        ],
        "taste_only": flag(random),
        "references": random.choice((0, 0, 1, 1000)),
        "novelty": percent(random),
        "duration_days": random.choice((1, 5, 9, 10, 60, 3650)),
    }
    if flag(random):
        job["deadline"] = str(as_of + timedelta(days=random.choice((0, 5, 30, 3650))))
    return job


def _deal(random: Random, as_of: date) -> dict[str, Any]:
    asked = flag(random, 0.5)
    deal: dict[str, Any] = {
        "stage": random.choice(("inquiry", "negotiation", "ready")),
        "asked_discount": asked,
        "closes_if_discounted": flag(random, 0.5),
        "obstacle": random.choice(("none", "none", "no_funds", "hesitating")),
        "half_hour_claim": flag(random),
        "prepays_in_full": flag(random, 0.1),
        "asks_credit": flag(random, 0.4),
        "spontaneous": flag(random),
    }
    if asked and flag(random, 0.6):
        deal["asked_percent"] = percent(random)
    if flag(random):
        deal["budget"] = money(random) * random.choice((1, 1000)) % (MOST_MONEY + 1)
    if flag(random):
        deal["competitor_price"] = money(random)
    if flag(random, 0.5):
        deal["sign_by"] = str(as_of + timedelta(days=random.choice((0, 10, 3650))))
    if flag(random):
        low, high = sorted((money(random), money(random)))
        deal["earlier"] = {"low": low, "high": high, "scope_changed": flag(random)}
    return deal


def _hassle(random: Random) -> dict[str, Any]:
    worst = random.choice((0, 0, 0, 3, 3, 6, 20, 1000))
    some = (*SIGNALS[:-1], *(SIGNALS[-1:] if flag(random, 0.04) else ()))
    return {
        "recent": {name: random.randint(0, worst) for name in some if flag(random, 0.5)},
        "older": {name: random.randint(0, worst) for name in some if flag(random, 0.3)},
        "staff_rating": random.randint(0, 5),
    }


def _firm(random: Random) -> dict[str, Any]:
    return {
        "strategy": random.choice(("growth", "cash", "profit")),
        "backlog_days": random.choice((0, 10, 20, 30, 40, 3650)),
        "clients": random.choice((0, 30, 60, 100_000)),
        "monthly_turnover": random.choice((0, 10_000_000, MOST_MONEY)),
        "earliest_start_days": random.choice((0, 3, 3650)),
        "answer_hours": random.choice((0, 2, 3, 1000)),
    }
