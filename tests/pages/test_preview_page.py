"""The preview page, walked through as a manager would."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx
import pytest

from service.api.services import EXTENSION
from service.domain.decision import Step
from service.domain.people import SYSTEM, Role
from service.pages.asked import paths, typed
from service.pages.charts import waterfall
from service.people import administration

from .conftest import NOON, PASSWORD
from .walking import DESKTOP, PHONE, answering, kept, opened, serious, wider_than_the_window

ASKED = {
    "client.id": "c-1", "job.scope": "detailed", "job.lines.0.description": "Pages", "job.lines.0.cost": "1,000",
    "job.lines.0.fair_price": "3000.50", "hassle.recent.changed_decisions": "16",
}  # fmt: skip


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_sample_is_one_click_away_and_follows_what_is_typed(live_service, browser_window, width, scheme):
    with opened(browser_window, width, scheme=scheme) as (page, faults):
        page.goto(f"{live_service}/preview")
        assert "begin with a sample" in page.inner_text("#answer")
        page.click("text=A client who is hard to work with")
        assert "Hard to work with" in page.inner_text("#answer")
        before = page.inner_text(".price")
        page.fill('[id="hassle.recent.changed_decisions"]', "0")
        page.fill('[id="hassle.staff_rating"]', "0")
        page.wait_for_function("before => document.querySelector('.price').innerText !== before", arg=before)
        assert "Hard to work with" not in page.inner_text("#answer")
        assert "hassle.recent.changed_decisions=0" in page.url
        assert not wider_than_the_window(page)
        assert faults == []
        kept(page, f"preview-{width}-{scheme}")


def test_the_address_brings_the_same_screen_back_without_scripts(live_service, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{live_service}/preview?{urlencode(ASKED)}")
        assert page.input_value('[id="job.lines.0.fair_price"]') == "3000.50"
        # 3,000.50 and 10 % on it for sixteen changed decisions.
        assert "target €3,300.55" in page.inner_text(".price")
        assert "floor €1,200.00" in page.inner_text(".price")
        page.fill('[id="job.lines.0.fair_price"]', "2000")
        page.click("button[type=submit]")
        assert "target €2,200.00" in page.inner_text(".price")
        kept(page, "preview-without-scripts")


def test_a_slider_tries_another_number_for_this_preview_alone(live_service, browser_window):
    with opened(browser_window) as (page, faults):
        page.goto(f"{live_service}/preview?{urlencode(ASKED)}")
        page.locator('[id="parameters.hassle_markup_10"]').fill("20")
        page.wait_for_function("() => document.querySelector('.price').innerText.includes('3,600.60')")
        assert "parameters.hassle_markup_10=20" in page.url
        page.reload()
        assert "target €3,600.60" in page.inner_text(".price")
        page.goto(f"{live_service}/preview?{urlencode(ASKED)}")
        assert "target €3,300.55" in page.inner_text(".price")
        assert faults == []


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", f"?{urlencode(ASKED)}", "?job.lines.0.cost=much"])
def test_nothing_serious_stands_in_anyones_way(live_service, browser_window, width, scheme, query):
    assert serious(browser_window, f"{live_service}/preview{query}", width, scheme) == []


def test_what_cannot_be_read_is_told_beside_its_field(live_service, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(
            f"{live_service}/preview?{urlencode(ASKED | {'job.lines.0.cost': 'much', 'deal.asked_percent': 'x'})}"
        )
        assert "is not an amount such as" in page.inner_text('[id="job.lines.0.cost-fault"]')
        assert "is not a percentage" in page.inner_text('[id="deal.asked_percent-fault"]')
        assert page.locator(".price").count() == 0
        page.goto(f"{live_service}/preview?{urlencode(ASKED | {'hassle.staff_rating': '9'})}")
        assert "outside 0 to 5" in page.inner_text('[id="hassle.staff_rating-fault"]')


def test_script_in_a_clients_name_stays_text(live_service, browser_window):
    evil = "<script>document.title='gone'</script><img src=x onerror=alert(1)>"
    with opened(browser_window) as (page, faults):
        page.goto(f"{live_service}/preview?{urlencode(ASKED | {'client.name': evil, 'job.title': evil})}")
        assert evil in page.inner_text("#letter")
        assert page.title() == "Preview a price - Quotewright"
        assert page.locator("main img").count() == 0
        assert faults == []


def test_the_text_for_the_client_has_nothing_of_the_kitchen(live_service, browser_window):
    with opened(browser_window) as (page, _):
        page.goto(f"{live_service}/preview?{urlencode(ASKED)}")
        letter = page.inner_text("#letter").lower()
        assert "pages" in letter
        assert not [word for word in ("hassle", "markup", "margin", "score", "floor", "category") if word in letter]


def test_it_weighs_little_and_nothing_of_it_comes_from_elsewhere(live_service):
    answers = [
        httpx.get(f"{live_service}{path}") for path in (f"/preview?{urlencode(ASKED)}", "/pages.css", "/preview.js")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sum(len(answer.content) for answer in answers) < 300_000
    policy = answers[0].headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]+src=)|style=|(?:src|href)=.https?:", answers[0].text)


def test_the_page_decides_as_the_interface_does_and_records_nothing(live_service):
    before = len(httpx.get(f"{live_service}/decisions").json()["decisions"])
    page = httpx.get(f"{live_service}/preview?{urlencode(ASKED)}").text
    asked = typed(ASKED, "EUR")
    assert asked.faults == {}
    decision = httpx.post(f"{live_service}/preview", json={"request": asked.request}).json()
    assert decision["price"]["target"] == 330_055
    assert "3,300.55 EUR" in page
    assert len(httpx.get(f"{live_service}/decisions").json()["decisions"]) == before


def test_every_field_of_the_form_is_one_of_the_request():
    assert len(set(paths())) == len(list(paths()))


def test_a_waterfall_hangs_each_step_where_the_last_one_ended():
    def step(name: str, amount: int, total: int) -> Step:
        return Step(name=name, rule=None, basis=0, percent=None, amount=amount, rounding=None, total=total)

    bars = waterfall([step("fair", 800, 800), step("markup", 200, 1_000), step("discount", -500, 500)])
    assert [(bar.kind, bar.start, bar.width) for bar in bars] == [
        ("total", 0, 800), ("up", 800, 200), ("down", 500, 500),
    ]  # fmt: skip
    assert waterfall([]) == ()


@pytest.mark.parametrize(("role", "allowed"), [(Role.QUOTER, False), (Role.MANAGER, True), (Role.FINANCE, True)])
def test_signed_in_it_is_the_managers(app, people, browser_window, role, allowed):
    name = f"my-{role}"
    hashed = app.extensions[EXTENSION].passwords.hashed(PASSWORD)
    administration.add_user(people, name, role, hashed, name, SYSTEM, NOON)
    with answering(app) as address, opened(browser_window) as (page, _):
        page.goto(f"{address}/preview")
        assert "/sign-in" in page.url
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        if allowed:
            assert page.inner_text("h1") == "Preview a price"
            assert f"{name}, {role}" in page.inner_text("nav")
        else:
            assert "Not with this role" in page.content()


def test_figures_are_written_as_the_reader_is_used_to(live_service, browser_window):
    """By CLDR: German groups by points, puts the sign behind, and begins a date with its day."""
    context = browser_window.new_context(locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_service}/preview?sample=website")
    words = page.inner_text("#answer").replace("\u00a0", " ")
    assert re.search(r"\d\.\d{3},\d\d €", words)
    assert re.search(r"\d\d\.\d\d\.20\d\d", words)
    assert not re.search(r"€\d|\d EUR", words.partition("Why")[0])
    context.close()


@pytest.mark.parametrize("tag", ["xx-nonsense", "a" * 5_000, "de_DE", "*", "zh-Hans-CN;q=0.5,fr"])
def test_any_language_is_taken(live_service, tag):
    answer = httpx.get(
        f"{live_service}/preview?sample=website", headers={"Accept-Language": tag.encode()}, follow_redirects=True
    )
    assert answer.status_code == 200


def test_pages_are_light_and_painted_soon(live_service, browser_window):
    """All that a page loads is below 300 KB."""
    with opened(browser_window) as (page, _):
        for path in ("/preview?sample=website", "/clients", "/versions", "/audit", "/audit/reports"):
            sizes = []
            page.on("response", lambda response, sizes=sizes: sizes.append(len(response.body())))
            page.goto(f"{live_service}{path}", wait_until="networkidle")
            assert 0 < sum(sizes) < 300_000, path
