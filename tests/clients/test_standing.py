"""How a client stands by small ledgers, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from service.clients.standing import Thresholds, months_before, standing, whole_months
from service.domain.books import Account, Incident, Invoice, Payment, Service

AS_OF = date(2026, 3, 2)
NONE = Account(payments=(), invoices=(), services=(), incidents=(), category=None)


def told(as_of: date = AS_OF, negligible: int = 2_000, days: int = 1, **holds):
    account = Account(**{"payments": (), "invoices": (), "services": (), "incidents": (), "category": None, **holds})
    return standing(account, as_of, lambda sums: sum(sums.values()), Thresholds(negligible, days))


def paid(day: str, amount: int) -> Payment:
    return Payment(day=date.fromisoformat(day), amount=amount, currency="EUR")


def invoice(issued: str, due: str, paid_on: str | None, amount: int) -> Invoice:
    day = date.fromisoformat
    return Invoice(
        issued_on=day(issued), due_on=day(due), paid_on=day(paid_on) if paid_on else None, amount=amount, currency="EUR"
    )


def test_an_empty_account_tells_nothing():
    assert told() == {}


def test_money_received():
    # Three months paid in: 100 + 50 - 30 (a refund), 200, 81; 401 / 3 is 133.66 and is never rounded up.
    facts = told(
        payments=(paid("2025-02-28", 10_000), paid("2025-02-28", 5_000), paid("2025-02-28", -3_000),
                  paid("2025-09-01", 20_000), paid("2026-03-02", 8_100))
    )  # fmt: skip
    assert facts == {
        "client.months_active": 12,  # from 28 February of last year
        "client.average_monthly_payment": 13_366,
        "client.revenue_12m": 28_100,  # the payments of February lie more than twelve months back
    }


def test_the_year_begins_the_day_after():
    assert told(payments=(paid("2025-03-02", 500), paid("2025-03-03", 700)))["client.revenue_12m"] == 700


def test_work_done():
    facts = told(
        services=(Service(day=date(2025, 3, 2), units=1, cost=900, currency="EUR"),
                  Service(day=date(2026, 2, 20), units=2, cost=400, currency="EUR"))
    )  # fmt: skip
    assert facts == {
        "client.months_active": 12, "client.orders": 2, "client.days_since_last_order": 10, "client.cost_12m": 400,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("invoices", "late", "overdue", "age", "exposure"),
    [
        pytest.param([("2026-01-01", "2026-01-15", "2026-01-15", 9_000)], 0, 0, 0, 0, id="paid in time"),
        pytest.param([("2026-01-01", "2026-01-15", "2026-01-16", 9_000)], 0, 0, 0, 0, id="a single day"),
        pytest.param([("2026-01-01", "2026-01-15", "2026-01-17", 9_000)], 1, 0, 0, 0, id="two days late"),
        pytest.param([("2026-01-01", "2026-01-15", "2026-02-17", 2_000)], 0, 0, 0, 0, id="a negligible sum"),
        pytest.param([("2026-01-01", "2026-01-15", "2026-02-17", 2_001)], 1, 0, 0, 0, id="hardly more"),
        pytest.param([("2026-02-20", "2026-03-02", None, 9_000)], 0, 0, 0, 9_000, id="due today"),
        pytest.param([("2026-02-20", "2026-03-01", None, 9_000)], 0, 9_000, 1, 9_000, id="due yesterday"),
        pytest.param([("2026-01-20", "2026-02-20", None, 9_000)], 1, 9_000, 10, 9_000, id="ten days"),
        pytest.param([("2026-01-20", "2026-02-20", "2026-03-05", 9_000)], 1, 9_000, 10, 9_000, id="paid after the day"),
        pytest.param([("2026-01-20", "2026-02-20", None, 9_000), ("2026-01-21", "2026-02-21", None, -4_000)],
                     1, 5_000, 10, 5_000, id="a credit note"),
        pytest.param([("2026-01-20", "2026-02-20", None, 9_000), ("2026-01-21", "2026-02-21", None, -9_500)],
                     1, -500, 0, -500, id="more credited than owed"),
        pytest.param([("2026-01-20", "2026-02-20", None, 3_000), ("2026-01-21", "2026-02-25", None, 4_000)],
                     2, 7_000, 10, 7_000, id="the oldest tells the age"),
    ],
)  # fmt: skip
def test_debts(invoices, late, overdue, age, exposure):
    facts = told(invoices=tuple(invoice(*each) for each in invoices))
    names = ("late_payments", "overdue", "overdue_days", "exposure")
    assert tuple(facts[f"client.{name}"] for name in names) == (late, overdue, age, exposure)


def test_signals_by_window():
    def seen(day: str, signal: str, count: int = 1) -> Incident:
        return Incident(day=date.fromisoformat(day), signal=signal, count=count)

    facts = told(
        incidents=(seen("2024-03-02", "scenes", 9),  # two years back: no longer counted
                   seen("2024-03-03", "scenes"), seen("2025-09-02", "changed_decisions", 4),
                   seen("2025-09-03", "changed_decisions", 5), seen("2026-03-02", "changed_decisions", 2))
    )  # fmt: skip
    counted = {name: count for name, count in facts.items() if count}
    assert counted == {
        "hassle.recent.changed_decisions": 7, "hassle.older.changed_decisions": 4, "hassle.older.scenes": 1,
    }  # fmt: skip
    assert facts["hassle.recent.teaching"] == 0, "the books say that there was none"


def test_months():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
    assert [whole_months(date(2026, 1, 31), day) for day in (date(2026, 2, 28), date(2026, 3, 31))] == [0, 2]


SIX = tuple(paid(f"2025-{month:02}-20", 1_000) for month in range(4, 10))


@pytest.mark.parametrize(
    ("payments", "conceded", "seeks"),
    [
        (SIX, (("EUR", 0),), "loyal"),
        (SIX, (("EUR", 0), ("EUR", 1)), None),  # something was given
        (SIX, (), None),  # no quote was told to be won: nobody knows what was given
        (SIX[1:], (("EUR", 0),), None),
        ((paid("2025-03-02", 1_000), *SIX[1:]), (("EUR", 0),), None),  # a year ago to the day
        (SIX, (("EUR", 5),) * 3, "exploiter"),
        (SIX, (("EUR", 5),) * 2, None),
        (SIX, (("EUR", 5), ("EUR", 5), ("EUR", 0)), None),
        ((paid("2025-09-02", 1_000),), (), "one_off"),  # 181 days
        ((paid("2025-09-03", 1_000),), (), None),  # 180 days
        ((paid("2024-01-01", 1_000), paid("2025-01-01", 1_000)), (), None),
        ((paid("2024-01-01", 1_000), paid("2025-01-01", -1_000)), (), "one_off"),  # a refund is no purchase
    ],
)
def test_what_a_client_seeks(payments, conceded, seeks):
    assert told(payments=payments, conceded=conceded).get("client.relationship") == seeks


def test_what_was_given_in_the_year():
    assert told(conceded=(("EUR", 300), ("EUR", 45)))["client.concessions_12m"] == 345
    assert told(conceded=(("EUR", 0),))["client.concessions_12m"] == 0
