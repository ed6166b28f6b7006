"""The pages of clients and of the audit, walked through as a manager and as finance."""

from __future__ import annotations

import re

import httpx
import pytest

from benchmarks.ledgers import Filling
from service.api.services import EXTENSION
from service.domain.people import SYSTEM, Role
from service.people import administration

from .conftest import NOON, PASSWORD
from .walking import DESKTOP, PHONE, answering, kept, opened, quickest, serious, wider_than_the_window

EVIL = "<script>document.title='gone'</script>"
PAGES = (
    "/clients?as_of=2026-03-02&few=5",
    "/clients",
    "/client?id=c-1",
    "/client?id=nobody",
    "/audit",
    "/audit?lowest=x",
)


@pytest.fixture(scope="module")
def told(live_service, root):
    """The live service with the example books in it, and some decisions."""
    for kind in ("payments", "invoices", "services", "incidents"):
        text = (root / "examples" / "books" / f"{kind}.csv").read_bytes()
        headers = {"Content-Type": "text/csv"}
        assert httpx.post(f"{live_service}/clients/imports/{kind}", content=text, headers=headers).status_code == 201
    for sample in ("website", "haggler"):
        body = (root / "examples" / f"{sample}.json").read_bytes()
        headers = {"Content-Type": "application/json"}
        assert httpx.post(f"{live_service}/evaluate", content=body, headers=headers).status_code == 200
    return live_service


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_manager_looks_who_brings_what_and_at_one_client(told, browser_window, width, scripts):
    with opened(browser_window, width, scripts) as (page, faults):
        page.goto(f"{told}/clients?as_of=2026-03-02")
        assert page.locator("svg.curve polyline").count() == 1
        row = page.inner_text("tr:has(a[href='/client?id=c-100&as_of=2026-03-02'])").split()
        assert row[:2] == ["c-100", "vip"]
        assert "c-101 paid nothing last month" in page.inner_text("main")
        assert page.locator("svg.matrix rect").count() == 25
        shown = [int(text) for text in page.locator("svg.matrix text").all_text_contents() if text]
        assert sum(shown) == len(httpx.get(f"{told}/clients/lists/activity?as_of=2026-03-02").json())
        assert page.locator("svg.moved").count() >= 2
        assert page.locator("[aria-label=Averages] tbody th").all_inner_texts()[0] == "vip"
        if scripts:
            assert not wider_than_the_window(page)
        kept(page, f"clients-{width}-{scripts}")
        page.click("tr a[href='/client?id=c-105&as_of=2026-03-02']")
        assert page.inner_text("h1") == "Client c-105"
        assert page.inner_text(".lead").startswith("As of Mar 2, 2026.")
        assert "changed decisions, 9 times" in page.inner_text("main")
        assert "In no category" in page.inner_text("main")
        assert page.inner_text("section[aria-label='By the books'] tr:has-text('What is overdue') td") == "€0.00"
        policy = page.locator("section[aria-label='By the policy'] tr")
        assert policy.filter(has_text="Several months together with a clean record").locator("td").inner_text() == "yes"
        kept(page, f"client-{width}-{scripts}")
        assert faults == []


def test_how_the_list_is_drawn_can_be_chosen(told, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{told}/clients?as_of=2026-03-02")
        page.select_option("#approach", "B")
        page.click("text=Draw")
        assert "approach=B" in page.url
        assert page.locator("td:text-is('good')").count() > 0
        assert page.locator("td:text-is('other')").count() == 0


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scripts", [True, False])
def test_finance_finds_a_decision_and_reads_it(told, browser_window, width, scripts):
    with opened(browser_window, width, scripts) as (page, faults):
        page.goto(f"{told}/audit")
        page.fill("#client", "c-1001")
        page.click("text=Search")
        assert re.search(r"/audit\?client=c-1001$", page.url)
        assert page.locator("tbody tr").count() >= 1
        if scripts:
            assert not wider_than_the_window(page)
        kept(page, f"audit-{width}-{scripts}")
        page.click("tbody a[href^='/audit/decisions/']")
        assert page.inner_text("h1").startswith("Decision ")
        page.click("text=On paper")
        assert page.inner_text("h1").startswith("Decision ")
        assert faults == []


def test_nothing_fits_and_nothing_can_be_read(told, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{told}/audit?client=nobody-at-all")
        assert "No decision fits." in page.inner_text("main")
        page.goto(f"{told}/audit?lowest=x")
        assert "The query parameter lowest is a whole number" in page.inner_text("[role=alert]")


def test_money_is_searched_for_as_people_write_it(told, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{told}/audit?outcome=quote")
        targets = page.locator("tbody td.number").all_inner_texts()
        assert targets
        dearer = [text for text in targets if text != "€2,880.00"]
        assert len(dearer) < len(targets)
        page.fill("#target_from", "2,880.01")
        page.click("text=Search")
        assert page.url.endswith("lowest=288001&currency=EUR")
        assert page.input_value("#target_from") == "2880.01"
        assert page.locator("tbody td.number").all_inner_texts() == dearer
        page.goto(f"{told}/audit?currency=XXX&target_from=5")
        assert "'XXX' is no currency" in page.inner_text("[role=alert]")
        page.goto(f"{told}/audit?outcome=quote")
        page.fill("#target_to", "12,5")
        page.click("text=Search")
        assert "write cents behind a point" in page.inner_text("[role=alert]")
        assert page.input_value("#target_to") == "12,5"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_anyones_way(told, browser_window, path, scheme):
    assert serious(browser_window, f"{told}{path}", PHONE, scheme) == []


def test_script_in_an_id_stays_text(told, browser_window):
    csv = f"client_id,day,amount,currency\n{EVIL},2026-03-20,9000,EUR\n"
    httpx.post(f"{told}/clients/imports/payments", content=csv, headers={"Content-Type": "text/csv"})
    with opened(browser_window) as (page, faults):
        for path in ("/clients?as_of=2026-04-02", f"/client?id={EVIL}", f"/audit?client={EVIL}"):
            page.goto(f"{told}{path}")
            assert page.title().endswith("- Quotewright")
            assert EVIL in page.content().replace("&lt;", "<").replace("&gt;", ">")
        assert faults == []


@pytest.mark.parametrize(
    ("role", "clients", "audit"), [(Role.QUOTER, 403, 403), (Role.MANAGER, 200, 403), (Role.FINANCE, 200, 200)]
)
def test_whose_pages_they_are(app, people, browser_window, role, clients, audit):
    name = f"my-{role}"
    hashed = app.extensions[EXTENSION].passwords.hashed(PASSWORD)
    administration.add_user(people, name, role, hashed, name, SYSTEM, NOON)
    with answering(app) as address, opened(browser_window) as (page, _):
        page.goto(f"{address}/sign-in")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        statuses = [page.goto(f"{address}{path}").status for path in ("/clients", "/audit")]
        assert statuses == [clients, audit]


def test_ten_thousand_decisions_are_searched_in_less_than_300_ms(tmp_path, root):
    from service.app import create_app
    from service.ledger import migrate
    from service.settings import Settings

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)
    Filling(url).up_to(10_000)
    app = create_app(Settings(database_url=url, policy_poll_seconds=0, seal_seconds=0))
    client = app.test_client()
    for path in ("/audit", "/audit?rule=no-such-rule", "/audit?practice=D2", "/client?id=client-7"):
        assert client.get(path).status_code in (200, 404)
        assert quickest(lambda path=path: client.get(path)) < 0.3, path
