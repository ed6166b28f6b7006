"""Practices about clients take effect by the books alone: each request holds nothing but a client's id and a job."""

from __future__ import annotations

from datetime import date

import pytest

from service.api import knowing
from service.api.services import EXTENSION
from service.clients.asking import Asking
from service.domain.lists import Drawing
from service.ledger import Database
from service.ledger.books import Books
from tests.api.test_knowing import CSV, JOB

HEADS = {
    "payments": "client_id,day,amount,currency\n",
    "invoices": "reference,client_id,issued_on,due_on,paid_on,amount,currency\n",
    "services": "client_id,day,units,cost,currency\n",
    "incidents": "client_id,day,signal,count\n",
}
MONTHS = ("2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01",
          "2026-02")  # fmt: skip
PAID = "".join(f"c-1,{month}-10,3000,EUR\n" for month in MONTHS)
INVOICED = "".join(f"R-{n},c-1,{month}-01,{month}-15,{month}-10,3000,EUR\n" for n, month in enumerate(MONTHS))
ASKS_CREDIT = {"deal": {"asks_credit": True}}
WANTS_LESS = {"deal": {"asked_discount": True, "closes_if_discounted": True}}


@pytest.fixture
def book(root):
    return root / "policies" / "agency"


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch):
    monkeypatch.setattr(knowing, "LOOK_SECONDS", 0.0)


def practices(client, books: dict[str, str], **more: object) -> set[str]:
    for kind, rows in books.items():
        told = client.post(f"/clients/imports/{kind}", data=HEADS[kind] + rows, headers=CSV)
        assert told.status_code == 201, told.text
    body = {"currency": "EUR", "as_of": "2026-03-02", "client": {"id": "c-1"}, "job": JOB, **more}
    decision = client.post("/evaluate", json=body).json
    assert decision["from_books"] is not None
    return {reason["practice"] for reason in decision["reasons"]}


def told(client, **more: object) -> dict:
    body = {"currency": "EUR", "as_of": "2026-03-02", "client": {"id": "c-1"}, "job": JOB, **more}
    return client.post("/evaluate", json=body).json


def test_a_client_that_paid_on_time_for_long_is_trusted_with_credit(client):
    """T2: ten months since the first payment, nothing late, and half of 3,000.00 a month is more than the job."""
    assert told(client, **ASKS_CREDIT)["terms"]["credit_days"] == 0
    practices(client, {"payments": PAID, "invoices": INVOICED}, **ASKS_CREDIT)
    assert told(client, **ASKS_CREDIT)["terms"]["credit_days"] > 0


def test_who_owes_gets_no_credit_however_long_it_was_trusted(client):
    """T3: 500.00 due since 15 January."""
    owed = "R-99,c-1,2026-01-01,2026-01-15,,500,EUR\n"
    assert "T3" in practices(client, {"payments": PAID, "invoices": INVOICED + owed}, **ASKS_CREDIT)
    assert told(client, **ASKS_CREDIT)["terms"]["credit_days"] == 0


def test_incidents_make_the_price_of_a_hard_client(client):
    """P3: 31 changed decisions within six months put 20 % on 1,000.00."""
    before = told(client)["price"]["target"]
    assert "P3" in practices(client, {"incidents": "c-1,2026-02-01,changed_decisions,31\n"})
    assert (before, told(client)["price"]["target"]) == (100_000, 120_000)


def test_one_purchase_long_ago_is_no_loyalty(client):
    """C12, D7: a one-off buyer is given nothing for its loyalty."""
    practices(client, {"payments": "c-1,2025-06-10,1000,EUR\n"}, **WANTS_LESS)
    decision = told(client, **WANTS_LESS)
    assert "client.relationship" in decision["from_books"]["taken"]


def test_what_is_given_to_a_vip_goes_to_the_top(client):
    """C8, by a category that the firm has drawn itself (C1): the strongest of five."""
    sums = "".join(f"c-{n},2026-02-10,{1000 - n},EUR\n" for n in range(1, 6))
    practices(client, {"payments": sums}, **WANTS_LESS)
    before = told(client, **WANTS_LESS)["approvals"]
    database = Database(client.application.extensions[EXTENSION].settings.database_url)
    drawn = Asking(database).listed(Drawing(drawn_on=date(2026, 3, 1), currency="EUR", few=5))
    assert (drawn[0].client_id, drawn[0].category) == ("c-1", "vip")
    Books(database).keep_categories(date(2026, 3, 1), [(each.client_id, each.category) for each in drawn])
    database.close()
    decision = told(client, **WANTS_LESS)
    assert "C8" in {reason["practice"] for reason in decision["reasons"]}
    assert decision["approvals"] != before
