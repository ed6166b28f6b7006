"""What holds of every valid request, whatever its extra facts. TRANSLATION_REQUESTS says how many are tried."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import orjson
import pytest

from tests.agency.requests_at_random import request
from tests.translation.bureau import BUREAU

REQUESTS = int(os.environ.get("TRANSLATION_REQUESTS", "2000"))
BATCHES = 10
PRICED = {"quote", "needs_approval"}
CURRENCIES = ("PLN", "PLN", "PLN", "EUR", "USD", "CHF", "GBP", "CZK")
KITCHEN = ("staff", "markup", "margin", "categor", "rated", "vip", "floor", "tiring", "exploit", "loyal", "tariff")


@pytest.mark.parametrize("number", range(BATCHES))
def test_every_valid_request_gets_a_sound_decision(number: int) -> None:
    random = Random(f"bureau {number}")
    for _ in range(REQUESTS // BATCHES):
        body = request(random) | {"currency": random.choice(CURRENCIES), "extra": _extra(random)}
        decision = BUREAU.answer(body)
        price = decision["price"]
        wrong = [
            name
            for name, holds in {**_always(body, decision), **(_priced(body, decision) if price else {})}.items()
            if not holds
        ]
        assert not wrong, (wrong, decision["held"], orjson.dumps(body).decode())


def _extra(random: Random) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "words": random.choice((0, 1, 250, 2_500, 2_501, 40_000, 2_000_000)),
        "pair": random.choice(("common", "common", "uncommon", "rare")),
        "subject": random.choice(("general", "technical", "legal", "medical", "literary")),
        "certified": random.random() < 0.2,
        "machine_draft": random.random() < 0.3,
        "memory_share": random.choice((0, 1, 3_333, 10_000)),
        "agency": random.random() < 0.3,
    }
    return {name: value for name, value in facts.items() if random.random() < 0.8}


def _always(body: dict[str, Any], decision: dict[str, Any]) -> dict[str, bool]:
    told = orjson.dumps(decision["to_client"]).decode().lower()
    return {
        "not held": decision["outcome"] != "held" and decision["held"] == [],
        "a price where one is due": (decision["price"] is not None) == (decision["outcome"] in PRICED)
        or bool(decision["approvals"]),
        "told unless someone must agree": (decision["to_client"] is None) == bool(decision["approvals"]),
        "the kitchen stays out of sight": not any(word in told for word in KITCHEN),
        "a VIP is never let go by a rule": body["client"]["category"] != "vip" or decision["outcome"] != "decline",
    }


def _floor(body: dict[str, Any]) -> int:
    """Cost and a quarter of it, rounded up."""
    cost = sum(line["cost"] for line in body["job"]["lines"]) + sum(extra["cost"] for extra in body["job"]["extras"])
    return cost + -(-cost // 4)


def _priced(body: dict[str, Any], decision: dict[str, Any]) -> dict[str, bool]:
    price, terms, waterfall = decision["price"], decision["terms"], decision["waterfall"]
    target = price["target"]
    amounts = {given["kind"]: given["amount"] for given in decision["concessions"]}
    gifts = amounts.get("discount", 0) + amounts.get("bonus", 0)
    certified = body["extra"].get("certified", False)
    return {
        "envelope": _floor(body) <= price["low"] <= target <= price["high"],
        "one figure only when counted": price["fixed"] is None or body["extra"].get("words", 0) > 0,
        "waterfall": sum(step["amount"] for step in waterfall) == waterfall[-1]["total"] == target,
        "payments": sum(part["amount"] for part in terms["milestones"]) == target,
        "lines": not decision["lines"] or sum(line["amount"] for line in decision["lines"]) == target,
        "three options": len(decision["options"]) == 3,
        "one recommended": sum(option["recommended"] for option in decision["options"]) == 1,
        "gifts within a tenth": (gifts + amounts.get("free_extras", 0)) * 10 <= target,
        "gifts never into the floor": target - gifts >= _floor(body),
        "seals are prepaid": not certified or terms["prepayment"] == target,
        "net terms are short and earned": terms["credit_days"] == 0
        or (terms["credit_days"] == 14 and body["client"]["months_active"] >= 6),
    }
