"""What people type into the preview, well and badly, and what the pages make of it without a browser."""

from __future__ import annotations

import re

import pytest

from service.app import create_app
from service.ledger import migrate
from service.policy.loader import read_folder
from service.settings import Settings

from .conftest import NOON

BASE = (
    "/preview?client.id=c-1&job.title=W&job.scope=detailed&job.lines.0.description=x&job.lines.0.cost=1400"
    "&job.lines.0.fair_price=3000"
)


def served(tmp_path, book):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)
    settings = Settings(database_url=url, policy_book=book, policy_poll_seconds=0, seal_seconds=0)
    return create_app(settings, lambda: NOON).test_client()


@pytest.fixture
def agency(tmp_path, root):
    return served(tmp_path, root / "policies" / "agency")


def fault(client, query: str, path: str) -> str:
    told = client.get(f"{BASE}&{query}")
    assert told.status_code == 200
    found = re.search(rf'id="{re.escape(path)}-fault">([^<]+)<', told.text)
    return found[1] if found else ""


@pytest.mark.parametrize(
    "typed", ["1e999990", "1e1000000", "Infinity", "-Infinity", "NaN", "1e30", "7,5", "1.234", "9999999", "٣", "--1"]
)
def test_no_percentage(agency, typed):
    assert "is not a percentage" in fault(agency, f"deal.asked_percent={typed}", "deal.asked_percent")


@pytest.mark.parametrize("typed", ["10", "7.5", "7.25 %", "10%"])
def test_percentages(agency, typed):
    assert fault(agency, f"deal.asked_discount=on&deal.asked_percent={typed}", "deal.asked_percent") == ""


@pytest.mark.parametrize("typed", ["999999999999999999", "9" * 5_000, "1e5", "2800,50", "12,50", "1,00,000", "1,0000"])
def test_no_money(agency, typed):
    assert fault(agency, f"deal.budget={typed}", "deal.budget") != ""


@pytest.mark.parametrize(("typed", "shown"), [("2,800.50", "€2,800.50"), ("12,345,678", "€12,345,678.00")])
def test_commas_group_thousands(agency, typed, shown):
    assert f"budget {shown}" in agency.get(f"{BASE}&deal.budget={typed}").text


def test_the_currency_is_the_books_where_none_is_chosen(tmp_path, root):
    told = served(tmp_path, root / "policies" / "translation").get(BASE.replace("detailed", "complete")).text
    assert "PLN" in told
    assert "€" not in told


def test_a_currency_that_nobody_thought_of_stays_chosen(agency):
    assert "<option selected>KWD" in agency.get(f"{BASE}&currency=KWD").text


def test_a_flag_that_says_no(agency):
    assert 'name="deal.asked_discount" checked' not in agency.get(f"{BASE}&deal.asked_discount=false").text


def test_a_fault_stands_at_the_row_that_has_it(agency):
    told = agency.get(f"{BASE}&job.lines.2.cost=5").text
    assert 'id="job.lines.2.description-fault"' in told
    assert 'id="job.lines.1.description-fault"' not in told


def test_sliders_that_were_not_moved_leave_another_version_its_own_numbers(agency, root):
    files = {name: raw.decode() for name, raw in read_folder(root / "policies" / "agency").items()}
    was = re.search(
        r'prepay_half: \{type: percent, practice: \w+, values: \{2026-01-01: "(\d+) %"', files["parameters.yaml"]
    )
    assert was
    files["parameters.yaml"] = files["parameters.yaml"].replace(was[0], was[0].replace(was[1], "30"))
    version = agency.post("/policies", json={"files": files, "note": "why"}).json["version"]
    told = agency.get(f"{BASE}&version={version}&parameters.prepay_half={was[1]}").text
    assert re.search(r"prepayment</th>.*differs", told)
    tried = agency.get(f"{BASE}&version={version}&parameters.prepay_half=20").text
    assert not re.search(r"prepayment</th>.*differs", tried)


def test_late_payments_count_as_they_do_in_decisions(agency):
    head = "reference,client_id,issued_on,due_on,paid_on,amount,currency\n"
    rows = "R-1,c-1,2026-01-01,2026-01-15,2026-01-16,100,EUR\nR-2,c-1,2026-01-01,2026-01-15,2026-02-15,0.50,EUR\n"
    told = agency.post("/clients/imports/invoices", data=head + rows, headers={"Content-Type": "text/csv"})
    assert told.status_code == 201
    page = agency.get("/client?id=c-1").text
    assert re.search(r'Payments that came late\.</th><td class="number">0<', page)


def test_clients_who_cost_more_than_they_bring(agency):
    head = {"Content-Type": "text/csv"}
    paid = "".join(f"c-{n},2026-02-10,100,EUR\n" for n in range(30))
    agency.post("/clients/imports/payments", data="client_id,day,amount,currency\n" + paid, headers=head)
    cost = "".join(f"c-{n},2026-02-10,1,{10 if n < 20 else 150},EUR\n" for n in range(30))
    agency.post("/clients/imports/services", data="client_id,day,units,cost,currency\n" + cost, headers=head)
    page = agency.get("/clients?measure=profit&as_of=2026-03-02").text
    heights = [
        int(point.split(",")[1]) for point in re.search(r'polyline class="line" points="([^"]+)"', page)[1].split()
    ]
    assert min(heights) == 0
    assert max(heights) == 400
    more = "".join(f"c-{n},2026-02-11,1,500,EUR\n" for n in range(20, 30))
    agency.post("/clients/imports/services", data="client_id,day,units,cost,currency\n" + more, headers=head)
    assert "polyline" not in agency.get("/clients?measure=profit&as_of=2026-03-02").text


def test_clients_are_listed_in_the_books_currency(tmp_path, root):
    client = served(tmp_path, root / "policies" / "translation")
    head = {"Content-Type": "text/csv"}
    client.post("/clients/imports/payments", data="client_id,day,amount,currency\nc-1,2026-02-10,1,PLN\n", headers=head)
    assert 'href="/client?id=c-1&amp;as_of=' in client.get("/clients").text
    assert 'name="months" value="3"' in client.get("/clients?months=3").text


def test_a_client_whom_the_api_takes_can_be_opened(agency):
    name = "Jan\u00a0K"
    body = {
        "currency": "EUR",
        "as_of": "2026-03-02",
        "client": {"id": name},
        "job": {"scope": "detailed", "lines": [{"description": "x", "cost": 1, "fair_price": 300_000}]},
    }
    assert agency.post("/evaluate", json=body).status_code == 200
    assert agency.get("/client", query_string={"id": name}).status_code == 200
    assert agency.get("/audit", query_string={"client": name}).status_code == 200


def test_another_site_starts_no_check(agency):
    version = agency.get("/policies/timeline").json["timeline"][0]["version"]
    address = f"/versions/{version}/check"
    assert agency.post(address, headers={"Origin": "https://evil.example"}).status_code == 403
    assert agency.post(address, headers={"Origin": "http://localhost"}).status_code == 200
