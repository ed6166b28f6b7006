"""Facts by name: what is declared, and that every request gives exactly that."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.findings import Invalid
from schemas.request import load_request
from schemas.vocabulary import declarations, facts_of
from service.domain.facts import BOOL, COUNT, MONEY, FactDecl, Type, Unit
from tests.schemas.test_request import LEAST, MOST

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def facts(body: dict[str, Any], extra: dict[str, FactDecl] | None = None) -> dict[str, Any]:
    return facts_of(load_request(json.dumps(body).encode(), NOW), extra or {})


EXTRA = {
    "extra.charity": FactDecl("extra.charity", BOOL, "A charity.", default=False),
    "extra.seats": FactDecl("extra.seats", COUNT, "Seats.", 1, 9, default=2),
    "extra.tone": FactDecl("extra.tone", Type(Unit.ENUM, ("cold", "warm")), "The tone.", default="cold"),
}


@pytest.mark.parametrize(
    ("name", "unit", "low", "high", "default", "optional", "pointer"),
    [
        ("client.months_active", "months", 0, 600, 0, False, "/client/months_active"),
        ("client.orders", "count", 0, 10_000, 0, False, "/client/orders"),
        ("client.days_since_last_order", "days", 0, 3_650, None, True, "/client/days_since_last_order"),
        ("job.cost", "money", 0, 10**12, None, False, "/job/lines"),
        ("job.open_weight", "count", 0, 1_000, None, False, "/job/open_details"),
        ("job.duration_days", "days", 1, 3_650, 5, False, "/job/duration_days"),
        ("job.deadline_days", "days", 0, 3_650, None, True, "/job/deadline"),
        ("job.novelty", "percent", 0, 10_000, 0, False, "/job/novelty"),
        ("job.question_count", "count", 0, 50, None, False, "/questions"),
        ("deal.budget", "money", 0, 10**12, None, True, "/deal/budget"),
        ("deal.earlier.scope_changed", "bool", 0, 0, None, True, "/deal/earlier/scope_changed"),
        ("hassle.staff_rating", "count", 0, 5, 0, False, "/hassle/staff_rating"),
        ("firm.clients", "count", 0, 100_000, 30, False, "/firm/clients"),
        ("firm.answer_hours", "hours", 0, 1_000, 0, False, "/firm/answer_hours"),
        ("sale.starts_in_days", "days", 0, 3_650, None, True, "/sale/starts_on"),
    ],
)
def test_declared(name: str, unit: str, low: int, high: int, default: object, optional: bool, pointer: str) -> None:
    d = declarations()[name]
    assert (d.type.unit, d.minimum, d.maximum, d.default, d.optional, d.pointer) == (
        unit, low, high, default, optional, pointer,
    )  # fmt: skip


def test_words() -> None:
    assert declarations()["client.category"].type.values == ("vip", "good", "regular", "other")
    assert declarations()["job.scope"].default == "defined"


def test_names_and_texts_are_no_facts() -> None:
    assert not {"client.id", "client.name", "job.title", "currency", "as_of", "language"} & set(declarations())


@pytest.mark.parametrize("body", [LEAST, MOST])
def test_every_request_gives_every_fact_in_its_range(body: dict[str, Any]) -> None:
    body = {**body, "extra": {}}
    given = facts(body)
    optional = {name for name, decl in declarations().items() if decl.optional}
    assert set(given) == set(declarations()) | {f"has:{name}" for name in optional}
    for name, decl in declarations().items():
        value = given[name]
        if decl.type.unit is Unit.ENUM:
            assert value in decl.type.values
        elif decl.type.unit is Unit.BOOL:
            assert type(value) is bool
        else:
            assert type(value) is int
            assert decl.minimum <= value <= decl.maximum


def test_values() -> None:
    given = facts({**MOST, "extra": {}})
    expected = {
        "client.category": "vip",
        "client.days_since_last_order": 0,
        "has:client.days_since_last_order": True,
        "job.cost": 0,
        "job.fair_price": 10**12,
        "job.support_lines": 1,
        "job.making_lines": 0,
        "job.open_weight": 10,
        "job.extras_price": 2,
        "job.deadline_days": 0,
        "has:job.deadline_days": True,
        "deal.sign_by_days": 3_650,
        "deal.earlier.low": 1,
        "has:deal.earlier.low": True,
        "sale.starts_in_days": 7,
        "has:mistake.loss": True,
        "hassle.recent.teaching": 2,
        "hassle.older.teaching": 0,
    }
    assert {name: given[name] for name in expected} == expected


def test_absent_optional_facts() -> None:
    given = facts(LEAST)
    for name in ("deal.budget", "deal.earlier.high", "sale.percent", "dispute.amount", "job.deadline_days"):
        assert (given[name], given[f"has:{name}"]) == (0, False)
    assert given["deal.earlier.scope_changed"] is False


def test_facts_of_the_book() -> None:
    given = facts({**LEAST, "extra": {"seats": 9, "tone": "warm"}}, EXTRA)
    assert (given["extra.charity"], given["extra.seats"], given["extra.tone"]) == (False, 9, "warm")


@pytest.mark.parametrize(
    ("extra", "findings"),
    [
        ({"seat": 3}, [("/extra/seat", "unknown-fact")]),
        ({"seats": 10}, [("/extra/seats", "out-of-range")]),
        ({"seats": True}, [("/extra/seats", "wrong-type")]),
        ({"charity": 1}, [("/extra/charity", "wrong-type")]),
        ({"tone": "war"}, [("/extra/tone", "not-a-choice")]),
        ({"tone": True, "seats": "9"}, [("/extra/seats", "wrong-type"), ("/extra/tone", "not-a-choice")]),
    ],
)
def test_facts_that_do_not_fit_the_book(extra: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        facts({**LEAST, "extra": extra}, EXTRA)
    assert [(f.pointer, f.code) for f in refused.value.findings] == findings


def test_money_is_declared_as_money() -> None:
    assert {n for n, d in declarations().items() if d.type == MONEY} >= {"job.cost", "deal.budget", "client.exposure"}
