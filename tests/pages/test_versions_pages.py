"""The pages of the policy: read by anyone who may, and its steps taken by whoever may take them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import httpx
import pytest

from service.api.services import EXTENSION
from service.domain.people import SYSTEM, Caller, Role
from service.governance import drafting
from service.people import administration
from service.policy.loader import read_folder

from .conftest import NOON, PASSWORD, Browser
from .walking import DESKTOP, PHONE, answering, kept, opened, quickest, serious, wider_than_the_window

EVIL = "<script>document.title='gone'</script>"


@pytest.fixture(scope="module")
def drafted(live_service, root):
    """The live service's policy, and a draft that asks for more prepayment; version in force, then the draft's."""
    (in_force,) = httpx.get(f"{live_service}/policies/timeline").json()["timeline"]
    files = {name: raw.decode() for name, raw in read_folder(root / "policies" / "agency").items()}
    was = "capacity_short: {type: days, practice: C9, values: {2026-01-01: 30}"
    assert was in files["parameters.yaml"]
    files["parameters.yaml"] = files["parameters.yaml"].replace(was, was.replace("30", "31"))
    told = httpx.post(f"{live_service}/policies", json={"files": files, "note": f"Tighter {EVIL}"})
    assert told.status_code in (200, 201), told.text
    return live_service, in_force["version"], told.json()["version"]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_timeline_to_a_version_and_what_it_changes(drafted, browser_window, width, scripts):
    address, _, draft = drafted
    with opened(browser_window, width, scripts) as (page, faults):
        page.goto(f"{address}/versions")
        assert "in force" in page.inner_text(".timeline .now")
        assert page.locator("tbody tr").count() == 2
        kept(page, f"versions-{width}-{scripts}")
        page.click(f"tbody a[href='/versions/{draft}']")
        assert page.inner_text("h1").startswith(f"Version {draft[7:19]}")
        assert "Needs somebody who signs in" not in page.inner_text("main"), "a draft can only be checked"
        kept(page, f"version-{width}-{scripts}")
        page.click("text=What it changes")
        rows = page.locator("article.rule")
        assert rows.count() == 1
        kept(page, f"changes-{width}-{scripts}")
        if scripts:
            assert not wider_than_the_window(page)
        assert faults == []


def test_a_version_reads_as_a_document(drafted, browser_window, root):
    address, in_force, _ = drafted
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{address}/versions/{in_force}")
        rule = page.inner_text("#discount-that-closes")
        assert "D2" in rule
        assert "deal closes if discounted is yes" in rule.lower().replace(".", " ").replace("_", " ")
        for heading in ("Guardrails", "Options", "Numbers", "What is worked out"):
            assert page.locator(f"h3:text-is('{heading}')").count() == 1
        assert page.locator("article[id] table").count() >= 2, "tables as tables"
        assert "from Jan 1, 2026" in page.inner_text("#number-concession_cap")


def test_the_checker_and_the_cases_speak(drafted, browser_window):
    address, in_force, _ = drafted
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{address}/versions/{in_force}")
        page.click("button:text-is('Check')")
        assert re.search(r"(\d+) of \1 cases decide as they were worked out", page.inner_text("main"))
        assert "Nothing found." in page.inner_text("main")
        kept(page, "checked")


def test_a_case_that_is_decided_otherwise_is_told(live_service, root, browser_window):
    files = {name: raw.decode() for name, raw in read_folder(root / "policies" / "agency").items()}
    was = 'concession_cap: {type: percent, practice: D3, values: {2026-01-01: "15 %"}'
    assert was in files["parameters.yaml"]
    files["parameters.yaml"] = files["parameters.yaml"].replace(was, was.replace("15", "2"))
    told = httpx.post(f"{live_service}/policies", json={"files": files, "note": "Less given"}).json()
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{live_service}/versions/{told['version']}")
        page.click("button:text-is('Check')")
        assert page.locator("code:text-is('case-differs')").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_anyones_way(drafted, browser_window, scheme):
    address, _, draft = drafted
    for path in ("/versions", f"/versions/{draft}", f"/versions/{draft}/changes"):
        assert serious(browser_window, f"{address}{path}", PHONE, scheme) == []


def test_script_in_a_note_stays_text(drafted, browser_window):
    address, _, draft = drafted
    with opened(browser_window) as (page, faults):
        for path in ("/versions", f"/versions/{draft}"):
            page.goto(f"{address}{path}")
            assert page.title().endswith("- Quotewright")
            assert EVIL in page.inner_text("main")
        assert faults == []


def test_a_rule_of_the_preview_leads_to_the_rule_in_its_version(live_service, browser_window):
    with opened(browser_window, scripts=False) as (page, _):
        page.goto(f"{live_service}/preview?sample=website")
        page.locator("#answer details summary").first.click()
        link = page.locator("#answer details a").first
        rule = link.inner_text()
        link.click()
        assert page.locator(f"#{rule}").count() == 1


def test_what_is_not_there(live_service):
    for path in ("/versions/sha256:none", "/versions/sha256:none/changes"):
        assert httpx.get(f"{live_service}{path}", headers={"Accept": "text/html"}).status_code == 404


@pytest.fixture
def draft(app, root):
    """A draft of the tiny book in an application with sign-in, by someone who isn't asked again."""
    at = app.extensions[EXTENSION]
    files = dict(read_folder(root / "tests" / "books" / "tiny"))
    name = next(name for name, raw in files.items() if b'"500.00"' in raw)
    files[name] = files[name].replace(b'"500.00"', b'"450.00"')
    made = drafting.draft(at.governing, files, Caller("id-of-zoe", "zoe", Role.MANAGER), "A lower limit")
    return made.version


def person(app, people, name, role):
    hashed = app.extensions[EXTENSION].passwords.hashed(PASSWORD)
    administration.add_user(people, name, role, hashed, f"id-of-{name}", SYSTEM, NOON)
    one = Browser(app)
    one.sign_in(name)
    return one


def step(browser, version, action, **fields):
    browser.get(f"/versions/{version}")
    return browser.post(f"/versions/{version}/steps/{action}", **fields)


def test_from_draft_to_release_and_back_by_three_people(app, people, ann, draft):
    manager, finance = person(app, people, "max", Role.MANAGER), person(app, people, "fiona", Role.FINANCE)
    at = app.extensions[EXTENSION]
    before = at.policy.current.policy.book.version
    assert step(manager, draft, "submit").status_code == 409, "not checked yet"
    assert "Check it first" in manager.last.text
    manager.get(f"/versions/{draft}")
    assert "The check is recorded" in manager.post(f"/versions/{draft}/check").text
    assert step(manager, draft, "submit", note="Please").status_code == 303
    told = step(manager, draft, "approve")
    assert told.status_code == 403, "whoever submitted it is not a second pair of eyes"
    assert step(finance, draft, "reject").status_code == 422, "a rejection says why"
    assert step(finance, draft, "approve", note="Right").status_code == 303
    tomorrow = (NOON + timedelta(days=1)).date().isoformat()
    assert step(finance, draft, "release", effective_from="2026-13-40").status_code == 422
    assert step(finance, draft, "release", effective_from=tomorrow).status_code == 303
    assert "to come" in finance.get("/versions").text
    assert step(finance, draft, "withdraw", note="Not yet").status_code == 303
    manager.get(f"/versions/{draft}")
    assert step(manager, draft, "submit").status_code == 303
    assert step(finance, draft, "approve").status_code == 303
    assert step(finance, draft, "release").status_code == 303
    assert at.policy.current.policy.book.version == draft
    assert step(finance, before, "roll-back", note="Clients left").status_code == 303
    assert at.policy.current.policy.book.version == before
    page = finance.get(f"/versions/{draft}").text
    assert re.findall(r"<li><strong>([a-z ]+)</strong>", page.partition("</ol>")[0]) == [
        "drafted", "checked", "submitted", "approved", "released", "withdrawn", "submitted", "approved", "released",
    ]  # fmt: skip


def test_the_page_says_whose_word_a_step_needs(app, people, ann, draft):
    manager = person(app, people, "max", Role.MANAGER)
    manager.get(f"/versions/{draft}")
    manager.post(f"/versions/{draft}/check")
    step(manager, draft, "submit")
    page = manager.get(f"/versions/{draft}").text
    needed = json.loads(manager.client.get(f"/policies/{draft}").text)["actions"]
    for each in needed:
        assert (f'action="/versions/{draft}/steps/{each["action"]}"' in page) is (each["role"] == "manager")
        assert each["role"] == "manager" or f"Needs the role {each['role']}" in page


def test_another_site_can_take_no_step(app, people, ann, draft):
    manager = person(app, people, "max", Role.MANAGER)
    for path in (f"/versions/{draft}/steps/submit", f"/versions/{draft}/check"):
        told = manager.client.post(path, data={"note": "evil"}, headers={"Origin": "https://evil.example"})
        assert told.status_code == 403
    assert "submitted" not in manager.client.get(f"/policies/{draft}").json["state"]


def test_a_quoter_reads_no_policy(app, people, draft):
    quoter = person(app, people, "quinn", Role.QUOTER)
    for path in ("/versions", f"/versions/{draft}", f"/versions/{draft}/changes"):
        assert quoter.get(path).status_code == 403


def test_a_step_is_taken_in_a_browser(app, people, ann, draft, browser_window):
    person(app, people, "fiona", Role.FINANCE)
    with answering(app) as address, opened(browser_window) as (page, faults):
        page.goto(f"{address}/sign-in?next=/versions/{draft}")
        page.fill("#name", "fiona")
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.click("button:text-is('Check')")
        page.click("text=The version itself")
        page.fill("#note-submit", "Please look")
        page.click("button:text-is('Submit')")
        assert "Please look" in page.inner_text("main")
        kept(page, "version-steps")
        assert faults == []


def test_two_hundred_versions_are_read_in_less_than_300_ms(app, people, ann, root):
    at = app.extensions[EXTENSION]
    files = dict(read_folder(root / "tests" / "books" / "tiny"))
    name = next(name for name, raw in files.items() if b'"500.00"' in raw)
    for number in range(200):
        changed = files | {name: files[name].replace(b'"500.00"', f'"{number + 1}.00"'.encode())}
        last = drafting.draft(at.governing, changed, Caller("id-of-zoe", "zoe", Role.MANAGER), f"Number {number}")
    reader = person(app, people, "max", Role.MANAGER)
    first = reader.get("/versions").text
    assert "imported by system" in first, "who put in force what decides, though that version is pages further on"
    older = re.search(r'rel="next" href="([^"]+)"', first)[1]
    for path in ("/versions", older, f"/versions/{last.version}", f"/versions/{last.version}/changes", "/preview"):
        assert reader.get(path).status_code == 200
        assert quickest(lambda path=path: reader.get(path)) < 0.3, path
