"""One decision with everything, the reports, and who came in: read by finance, and by nobody below."""

from __future__ import annotations

import re
import time
from datetime import date

import httpx
import pytest

from benchmarks.ledgers import Filling
from service.api.services import EXTENSION
from service.app import create_app
from service.domain.afterwards import Ending
from service.domain.people import SYSTEM, Role
from service.ledger import Entry, Given, migrate, new_decision_id
from service.people import administration
from service.settings import Settings
from tests.ledger.test_overrides import override

from .conftest import NOON, PASSWORD, Browser
from .walking import DESKTOP, PHONE, answering, kept, opened, quickest, serious, wider_than_the_window

EVIL = "<script>document.title='gone'</script>"
ADDRESSES = ("/audit/reports?since=2026-01-01&until=2026-03-31", "/audit/sign-ins")


@pytest.fixture
def filled(app):
    """Two quotes that were won, one of them overridden, and one that was lost; the first one's id."""
    at = app.extensions[EXTENSION]
    at.ledger.remember_version("tiny", "sha256:1", b"content", NOON)
    discount = Given("discount", 5_000, 500, ("discount-that-closes",))
    made = []
    for client, given in (("c-1", (discount,)), ("c-2", ()), (EVIL, (discount,))):
        one = Entry(
            id=new_decision_id(NOON), recorded_at=NOON, caller="id-of-ann", idempotency_key=None,
            request_digest="digest", book="tiny", version="sha256:1", as_of=NOON.date(), outcome="quote",
            client_id=client, currency="EUR", target=120_000, request=b"{}", rules=("a",), facts=b"{}", answer=b"{}",
            given=given,
        )  # fmt: skip
        at.ledger.record([one])
        made.append(one)
    at.overrides.add(override(made[1], 100_000, by="id-of-ann", note=EVIL))
    for one, result, final in zip(made, ("won", "won", "lost"), (115_000, None, None), strict=True):
        ending = Ending(result=result, final_amount=final, happened_on=date(2026, 3, 2), why=None, hassle=None)
        at.outcomes.add(one.id, ending, "id-of-ann", new_decision_id(NOON), NOON)
    return made[0].id


def finance(app, people):
    hashed = app.extensions[EXTENSION].passwords.hashed(PASSWORD)
    administration.add_user(people, "fiona", Role.FINANCE, hashed, "id-of-fiona", SYSTEM, NOON)
    one = Browser(app)
    one.sign_in("fiona")
    return one


def cells(html: str, label: str) -> list[list[str]]:
    """The rows of the table under a label."""
    region = html.partition(f'aria-label="{label}"')[2].partition("</tbody>")[0].partition("<tbody>")[2]
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in region.split("<tr>")[1:]]  # fmt: skip


def test_the_sums_are_those_of_the_records(app, people, ann, filled):
    page = finance(app, people).get("/audit/reports?since=2026-02-01&until=2026-03-31").text
    assert cells(page, "By month") == [["Mar 2026", "2", "€100.00", "€50.00"]]
    assert ["c-1", "1", "€50.00", "€50.00"] in cells(page, "By client")
    assert cells(page, "By asked by") == [["ann", "2", "€100.00", "€50.00"]]
    assert cells(page, "By rule") == [["discount-that-closes", "2", "€100.00", "€50.00"]]
    # Won: 1,200.00 agreed at 1,150.00, and 1,200.00 that a person had put at 1,000.00: 250.00 of 2,400.00 is 10.42 %.
    assert cells(page, "Leakage by month") == [
        ["Mar 2026", "2", "€2,400.00", "€2,150.00", "€250.00", "10.42%", "€200.00", "€50.00"]
    ]
    assert cells(page, "Overrides by person and reason") == [["ann", "closes the sale", "1", "1"]]
    assert "3 quote" in page


def test_a_time_is_of_whole_months_for_all_that_is_told(app, people, ann, filled):
    page = finance(app, people).get("/audit/reports?since=2026-03-30&until=2026-03-01").text
    assert 'role="alert"' in page, "it ends before it begins"
    page = finance_again(app).get("/audit/reports?since=2026-03-01&until=2026-03-01").text
    assert cells(page, "Overrides by person and reason") == [["ann", "closes the sale", "1", "1"]]
    assert "since=2026-03-01&amp;until=2026-03-31" in page
    last = finance_again(app).get("/audit/reports?since=2023-04-30&until=2026-03-01")
    assert last.status_code == 200, "36 months"
    assert finance_again(app).get("/audit/reports?since=2023-03-31&until=2026-03-01").status_code == 400


def finance_again(app):
    one = Browser(app)
    one.sign_in("fiona")
    return one


def test_another_time_holds_nothing_and_a_wrong_one_is_told(app, people, ann, filled):
    reader = finance(app, people)
    page = reader.get("/audit/reports?since=2025-01-01&until=2025-02-01").text
    assert "No decision was recorded in this time." in page
    assert "Nobody decided otherwise." in page
    for wrong in ("since=2026-05-01&until=2026-03-31", "since=1990-01-01", "since=March", "until=9999-12-31"):
        told = reader.get(f"/audit/reports?{wrong}")
        assert (told.status_code, 'role="alert"' in told.text) == (400, True), wrong


def test_who_came_in_and_who_did_not(app, people, ann):
    Browser(app).sign_in("ann", "wrong")
    Browser(app).sign_in("nobody-here", "wrong")
    page = finance(app, people).get("/audit/sign-ins").text
    told = [row[1:] for row in cells(page, "Sign-ins")]
    assert ["signed in", "fiona", "page"] in told
    assert any(row[0] == "attempt" and row[1] == "ann" for row in told)
    assert any(row[0] == "attempt" and row[1] == "a name that nobody has" for row in told)
    assert "nobody-here" not in page


def test_older_sign_ins_are_on_the_next_page(app, people, ann):
    from service.people.events import about

    with people.changing() as roster:
        for _ in range(120):
            roster.note(about(ann, "signed in", SYSTEM, NOON))
    reader = finance(app, people)
    first = reader.get("/audit/sign-ins").text
    older = reader.get(re.search(r'rel="next" href="([^"]+)"', first)[1]).text
    assert len(cells(first, "Sign-ins")) == 100
    assert len(cells(older, "Sign-ins")) >= 20
    assert 'rel="next"' not in older


def test_a_manager_reads_none_of_it(browser, filled):
    browser.sign_in()
    for path in (*ADDRESSES, f"/audit/decisions/{filled}"):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scripts", [True, False])
def test_finance_walks_through_the_reports(app, people, ann, filled, browser_window, width, scripts):
    finance(app, people)
    with answering(app) as address, opened(browser_window, width, scripts) as (page, faults):
        page.goto(f"{address}/sign-in?next=/audit")
        page.fill("#name", "fiona")
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.click("text=Reports")
        page.fill("#since", "2026-03-01")
        page.fill("#until", "2026-03-31")
        page.click("button:text-is('Show')")
        assert "against floor" in page.inner_text("main")
        assert EVIL in page.inner_text("main")
        assert page.title() == "Reports - Quotewright"
        kept(page, f"reports-{width}-{scripts}")
        if scripts:
            assert not wider_than_the_window(page)
        page.click("text=Sign-ins")
        kept(page, f"sign-ins-{width}-{scripts}")
        assert "signed in" in page.inner_text("tbody")
        assert faults == []


@pytest.fixture(scope="module")
def decided(live_service, root):
    """The address, and a decision with a discount."""
    body = (root / "examples" / "haggler.json").read_bytes()
    answer = httpx.post(f"{live_service}/evaluate", content=body, headers={"Content-Type": "application/json"}).json()
    for _ in range(100):
        if httpx.get(f"{live_service}/decisions/{answer['decision_id']}/receipt").status_code == 200:
            break
        time.sleep(0.1)
    return live_service, answer


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scripts", [True, False])
def test_one_decision_with_everything(decided, browser_window, width, scripts):
    address, answer = decided
    with opened(browser_window, width, scripts) as (page, faults):
        page.goto(f"{address}/audit?client={answer_client(address, answer)}")
        page.click("tbody a[href*='/audit/decisions/']")
        words = page.inner_text("main")
        assert answer["decision_id"] in words
        assert "Proved: position" in words
        for reason in answer["reasons"]:
            assert reason["text"] in words
        assert page.locator("svg.chart").count() == 1
        assert page.inner_text("tr:has(th:text-is('deal.asked_discount'))").split("\t")[1:3] == ["yes", "the request"]
        kept(page, f"decision-{width}-{scripts}")
        if scripts:
            assert not wider_than_the_window(page)
        assert faults == []


def answer_client(address, answer):
    found = httpx.get(f"{address}/decisions?limit=500").json()["decisions"]
    return next(one["client_id"] for one in found if one["decision_id"] == answer["decision_id"])


def test_a_decision_that_is_not_there(live_service):
    assert httpx.get(f"{live_service}/audit/decisions/none", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_anyones_way(decided, browser_window, scheme):
    address, answer = decided
    for path in (*ADDRESSES, f"/audit/decisions/{answer['decision_id']}"):
        assert serious(browser_window, f"{address}{path}", PHONE, scheme) == []


def test_ten_thousand_decisions_are_reported_on_in_less_than_300_ms(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)
    filling = Filling(url)
    filling.up_to(10_000)
    app = create_app(Settings(database_url=url, policy_poll_seconds=0, seal_seconds=0))
    client = app.test_client()
    found = client.get("/decisions?limit=500").json["decisions"]
    newest, at = found[0]["decision_id"], app.extensions[EXTENSION]
    for one in found:
        ending = Ending(result="won", final_amount=1, happened_on=date(2020, 3, 2), why=None, hassle=None)
        at.outcomes.add(one["decision_id"], ending, "bench", new_decision_id(NOON), NOON)
    year = "/audit/reports?since=2020-01-01&until=2020-12-31"
    by_currency = cells(client.get(year).text, "Leakage by month")
    assert {month for month, *_ in by_currency} == {"Jan 2020"}
    assert sum(int(won) for _, won, *_ in by_currency) > 300
    for path in (year, f"/audit/decisions/{newest}", "/audit/sign-ins"):
        assert client.get(path).status_code == 200
        assert quickest(lambda path=path: client.get(path)) < 0.3, path


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/versions/sha256:none", 404, "There is no policy version"),
        ("/client?id=%00", 400, "The query parameter id"),
        ("/nowhere", 404, "Nothing is there"),
        ("/audit/decisions/none", 404, "No decision has this id"),
    ],
)
def test_a_browser_is_told_in_words_what_is_wrong(live_service, browser_window, path, status, words):
    with opened(browser_window, PHONE, scripts=False) as (page, _):
        assert page.goto(f"{live_service}{path}").status == status
        assert words in page.inner_text("main")
        assert page.locator("a[href='/preview']").count() == 1
    program = httpx.get(f"{live_service}{path}")
    assert (program.status_code, program.headers["Content-Type"]) == (status, "application/problem+json")


def test_whose_role_is_too_low_and_when_the_ledger_is_away(app, browser, filled, tmp_path):
    browser.sign_in()
    told = browser.get("/audit/reports")
    assert (told.status_code, told.mimetype) == (403, "text/html")
    assert "Not with this role" in told.text
    (tmp_path / "ledger.db").rename(tmp_path / "away.db")
    told = browser.get("/versions")
    assert (told.status_code, told.mimetype) == (503, "text/html")
    assert told.headers["Retry-After"] == "1"
    assert told.headers["Content-Security-Policy"].startswith("default-src 'none'")
