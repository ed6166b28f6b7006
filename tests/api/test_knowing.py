"""Decisions stand on the firm's own books of the client."""

from __future__ import annotations

import json

import orjson
import pytest

from service.api import knowing
from service.domain.people import Caller, Role
from tests.api.signed_in import signed_in

CSV = {"Content-Type": "text/csv"}
BOOKS = {
    "invoices": "reference,client_id,issued_on,due_on,paid_on,amount,currency\n"
    "R-1,c-1,2025-06-01,2025-06-15,2025-06-14,1000,EUR\nR-2,c-1,2026-01-10,2026-01-24,,300,EUR\n"
    "R-3,c-2,2025-08-01,2025-08-15,2025-08-14,500,USD\n",
    "payments": "client_id,day,amount,currency\nc-1,2025-06-14,1000,EUR\nc-2,2025-08-14,540,USD\n",
    "incidents": "client_id,day,signal,count\nc-1,2026-02-01,changed_decisions,31\n",
}
JOB = {"scope": "detailed", "lines": [{"description": "Pages", "cost": 50_000, "fair_price": 100_000}]}


def asked(client_id: str = "c-1", **client: object) -> dict[str, object]:
    return {"currency": "EUR", "as_of": "2026-03-02", "client": {"id": client_id, **client}, "job": JOB}


@pytest.fixture
def book(root):
    """The agency's, whose rules read what the books tell."""
    return root / "policies" / "agency"


@pytest.fixture
def known(client):
    for kind, text in BOOKS.items():
        assert client.post(f"/clients/imports/{kind}", data=text, headers=CSV).status_code == 201
    return client


def texts_of(decision: dict) -> set[str]:
    return {reason["text"] for reason in decision["reasons"]}


def test_a_client_id_is_enough(known):
    decision = known.post("/evaluate", json=asked()).json
    # 31 changed decisions of the last six months reach the second rung; 300 EUR are overdue since 24 January.
    texts = texts_of(decision)
    assert "Hard to work with (score 31): 20 % on the fair price" in texts
    assert "300.00 EUR is overdue for 37 days: no credit, prepayment until it is paid" in texts
    assert "client.overdue" in decision["from_books"]["taken"]
    assert decision["from_books"]["given"] == []
    facts = known.get(f"/decisions/{decision['decision_id']}").json
    assert facts["from_books"] == decision["from_books"]


def test_the_same_request_with_the_facts_spelt_out_is_decided_alike(known):
    """The figures of c-1 on 2 March 2026, worked out by hand."""
    spelt = asked(
        months_active=9, orders=2, average_monthly_payment=100_000, late_payments=1, overdue=30_000, overdue_days=37,
        exposure=30_000, revenue_12m=100_000, days_since_last_order=51,
    )  # fmt: skip
    spelt["hassle"] = {"recent": {"changed_decisions": 31}}
    ours, theirs = known.post("/evaluate", json=asked()).json, known.post("/evaluate", json=spelt).json
    assert theirs["from_books"]["given"] != []
    for of_the_act in ("decision_id", "evaluated_at", "receipt", "from_books", "follow_up"):
        ours.pop(of_the_act), theirs.pop(of_the_act)
    assert ours == theirs


def test_what_the_caller_gives_stands_and_is_marked(known):
    decision = known.post("/evaluate", json=asked(overdue=0, concessions_12m=100)).json
    assert decision["from_books"]["given"] == ["client.overdue"]
    # Its age goes with it: it would contradict what was given.
    assert "client.overdue_days" not in decision["from_books"]["taken"]


def test_another_currency_is_converted_by_the_books_rate(known):
    # 540 USD at 1.08 for one euro.
    spelt = asked("c-2", average_monthly_payment=50_000, revenue_12m=50_000, months_active=7, orders=1,
                  days_since_last_order=213, late_payments=0, overdue=0, overdue_days=0, exposure=0)  # fmt: skip
    ours, theirs = (known.post("/evaluate", json=body).json for body in (asked("c-2"), spelt))
    assert ours["reasons"] == theirs["reasons"]
    assert ours["price"] == theirs["price"]


def test_a_client_whom_the_books_do_not_know_is_as_before(known):
    assert known.post("/evaluate", json=asked("c-9")).json["from_books"] is None


def test_preview_and_batch_know_the_client_too(known):
    decision = known.post("/preview", json={"request": asked()}).json
    assert "client.overdue" in decision["from_books"]["taken"]
    answer = known.post("/evaluate/batch", data=json.dumps(asked()), headers={"Content-Type": "application/x-ndjson"})
    assert "client.overdue" in json.loads(answer.data)["decision"]["from_books"]["taken"]


def test_a_replay_goes_by_what_was_recorded(known):
    decision = known.post("/evaluate", json=asked()).json
    later = BOOKS["invoices"].replace("2026-01-24,,", "2026-01-24,2026-01-24,")
    assert known.post("/clients/imports/invoices", data=later, headers=CSV).json["replaced"] == 1
    replay = known.post(f"/decisions/{decision['decision_id']}/replay", json={}).json
    assert replay["same"] is True
    assert known.post("/evaluate", json=asked()).json["reasons"] != decision["reasons"]


def test_the_books_of_a_day_end_with_it(known):
    decision = known.post("/evaluate", json={**asked(), "as_of": "2026-01-20"}).json
    assert "client.overdue" in decision["from_books"]["taken"]
    assert not any("overdue" in r["text"].lower() for r in decision["reasons"]), "R-2 falls due on the 24th"


def test_facts_are_recorded_with_the_decision(app, known):
    decision = known.post("/evaluate", json=asked()).json
    entry = app.extensions["quotewright"].ledger.find(decision["decision_id"]).entry
    assert orjson.loads(entry.facts)["client.overdue"] == 30_000
    assert orjson.loads(entry.request)["client"]["overdue"] == 30_000


@pytest.mark.parametrize(
    ("role", "status"), [(Role.QUOTER, 403), (Role.MANAGER, 200), (Role.FINANCE, 200)]
)  # fmt: skip
def test_money_owed_trust_and_category_are_a_managers_to_give(app, known, role, status):
    theirs = signed_in(app, Caller(id="u-1", name="ann", role=role))
    answer = theirs.post("/evaluate", json=asked(overdue=0, category="vip", warning_recorded=True))
    assert answer.status_code == status
    if status == 403:
        assert answer.json["code"] == "books-hold"
        found = [(each["pointer"], each["code"]) for each in answer.json["findings"]]
        assert found == [("/client/category", "managers-alone"), ("/client/overdue", "managers-alone")]
    else:
        assert answer.json["from_books"]["given"] == ["client.overdue"], "of the category the books tell nothing"


def test_a_quoter_may_tell_of_a_client_whom_the_books_do_not_know(app, known):
    theirs = signed_in(app, Caller(id="u-1", name="ann", role=Role.QUOTER))
    assert theirs.post("/evaluate", json=asked("c-9", overdue=5_000, overdue_days=9)).status_code == 200


def test_what_was_given_to_a_client_in_a_year_counts_against_it(client, monkeypatch):
    """D5: 5 % of 1,000.00 to sign, and 30.00 more when it was signed; a quote that was lost gave nothing away."""
    monkeypatch.setattr(knowing, "LOOK_SECONDS", 0.0)
    wants = asked("c-7", name="Seven") | {
        "deal": {"asked_discount": True, "closes_if_discounted": True, "asked_percent": 500}
    }
    first, lost = (client.post("/evaluate", json=wants).json for _ in range(2))
    assert [(each["kind"], each["amount"]) for each in first["concessions"]] == [("discount", 5_000)]
    assert first["from_books"] is None
    ends = {"result": "won", "happened_on": "2026-03-02", "final_amount": first["price"]["target"] - 3_000}
    finance = signed_in(client.application, Caller(id="u-1", name="fin", role=Role.FINANCE))
    assert finance.post(f"/decisions/{first['decision_id']}/outcome", json=ends).status_code == 201
    ends = {"result": "lost", "happened_on": "2026-03-02"}
    assert finance.post(f"/decisions/{lost['decision_id']}/outcome", json=ends).status_code == 201
    # 1,000.00 less 700.00 of cost, and 150.00 that might be given now, leave just the 15 % that a client must leave us;
    # with the 80.00 of the year they don't.
    wants["client"] = {"id": "c-7", "revenue_12m": 100_000, "cost_12m": 70_000}
    decision = client.post("/evaluate", json=wants).json
    assert decision["from_books"]["taken"] == ["client.concessions_12m"]
    assert decision["concessions"] == []
    assert any(text.startswith("After 80.00 EUR given in twelve months") for text in texts_of(decision))
    wants["client"] = {**wants["client"], "concessions_12m": 0}
    assert [each["amount"] for each in client.post("/evaluate", json=wants).json["concessions"]] == [5_000]
