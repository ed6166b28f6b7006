"""Coming in and going out with a browser: sessions, cookies, CSRF, where it leads, what is never told."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from service.domain.people import SYSTEM
from service.pages.addresses import ours
from service.pages.sign_in import REFUSED, TOO_OLD
from service.people import administration

from .conftest import NOON, PASSWORD, Browser


class TestComingIn:
    def test_a_page_without_a_session_leads_to_the_sign_in_and_back(self, browser):
        away = browser.get("/account?x=1&y=2")
        assert (away.status_code, away.location) == (303, "/sign-in?next=%2Faccount%3Fx%3D1%26y%3D2")
        browser.get(away.location)
        assert 'name="next" value="/account?x=1&amp;y=2"' in browser.last.text
        back = browser.post("/sign-in", name="ann", password=PASSWORD, next="/account?x=1&y=2")
        assert (back.status_code, back.location) == (303, "/account?x=1&y=2")
        assert "You are <strong>ann</strong>, with the role <strong>manager</strong>" in browser.get("/account").text

    def test_an_api_client_is_told_instead(self, browser):
        for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
            answer = browser.client.get("/account", headers={"Accept": accept})
            assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")
        answer = browser.client.post("/evaluate", headers=browser.html, json={})
        assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")

    def test_a_session_is_a_caller_of_the_interface_too(self, browser):
        browser.sign_in()
        assert browser.client.get("/me").json["name"] == "ann"
        assert browser.client.get("/users").json["code"] == "role-too-low"

    def test_a_token_that_is_shown_counts_whatever_the_cookies_say(self, browser):
        browser.sign_in()
        assert browser.client.get("/me", headers={"Authorization": "Bearer x"}).status_code == 401

    def test_whoever_is_in_needs_no_form(self, browser):
        browser.sign_in()
        assert browser.get("/sign-in?next=/docs").location == "/docs"

    @pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody", "wrong"), ("", ""), ("ann\0", "x")])
    def test_refused_in_one_and_the_same_words(self, browser, name, password):
        answer = browser.sign_in(name, password)
        assert answer.status_code == 403
        assert REFUSED in answer.text
        told = re.sub(r'value="[^"]*"', "", answer.text)
        assert told == re.sub(r'value="[^"]*"', "", browser.sign_in("another", "password").text)
        assert browser.client.get("/me").status_code == 401

    def test_a_locked_name_is_told_the_same(self, browser, clock):
        for _ in range(5):
            browser.sign_in(password="wrong")
        answer = browser.sign_in()
        assert (answer.status_code, REFUSED in answer.text) == (403, True)
        clock.pass_by(minutes=15)
        assert browser.sign_in().status_code == 303

    def test_attempts_from_one_address_come_to_an_end(self, browser, monkeypatch):
        monkeypatch.setattr("service.people.passwords.Passwords.fit", lambda *_: False)
        statuses = [browser.sign_in(f"name{number}", "wrong").status_code for number in range(60)]
        assert set(statuses) == {403}
        assert browser.sign_in().status_code == 429


class TestTheSession:
    def test_signing_out_ends_it_whatever_cookie_is_kept(self, browser, app):
        browser.sign_in()
        kept = browser.cookie()
        browser.get("/account")
        assert browser.post("/sign-out").location == "/sign-in"
        assert browser.client.get("/me").status_code == 401
        browser.client.set_cookie("quotewright", kept)
        assert browser.client.get("/me").status_code == 401

    def test_whoever_is_disabled_is_out_at_once(self, browser, people, ann):
        browser.sign_in()
        administration.change_user(people, ann.id, SYSTEM, NOON, disabled=True)
        assert browser.client.get("/me").status_code == 401

    def test_idle_for_an_hour(self, browser, clock):
        browser.sign_in()
        clock.pass_by(minutes=59)
        assert browser.client.get("/me").status_code == 200
        clock.pass_by(minutes=60)
        assert browser.client.get("/me").status_code == 401

    def test_a_cookie_planted_before_is_worth_nothing_after(self, browser, app):
        """Session fixation: what the browser held before signing in isn't what it is known by afterwards."""
        browser.get("/sign-in")
        planted = browser.cookie()
        browser.post("/sign-in", name="ann", password=PASSWORD)
        assert browser.cookie() != planted
        thief = Browser(app)
        thief.client.set_cookie("quotewright", planted)
        assert thief.client.get("/me").status_code == 401

    def test_signing_in_again_ends_the_session_before(self, browser, app):
        browser.sign_in()
        first = browser.cookie()
        browser.get("/account")
        token = browser.csrf()
        browser.client.post("/sign-in", data={"csrf_token": token, "name": "ann", "password": PASSWORD})
        other = Browser(app)
        other.client.set_cookie("quotewright", first)
        assert other.client.get("/me").status_code == 401
        assert browser.client.get("/me").status_code == 200

    @pytest.mark.parametrize("value", ["x", "", "eyJfdXNlcl9pZCI6ImFubiJ9.aaaa.bbbb"])
    def test_a_cookie_that_was_tampered_with(self, browser, value):
        browser.client.set_cookie("quotewright", value)
        assert browser.client.get("/me").status_code == 401

    def test_another_key_signs_everybody_out(self, browser, started):
        browser.sign_in()
        other = Browser(started(session_key="another key of more than 32 characters"))
        other.client.set_cookie("quotewright", browser.cookie())
        assert other.client.get("/me").status_code == 401

    def test_all_instances_share_the_key_that_was_made_once(self, browser, started):
        browser.sign_in()
        other = Browser(started())
        other.client.set_cookie("quotewright", browser.cookie())
        assert other.client.get("/me").status_code == 200


class TestTheCookie:
    def test_on_loopback(self, browser):
        (set_cookie,) = browser.sign_in().headers.getlist("Set-Cookie")
        assert set_cookie.startswith("quotewright=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
        assert "Secure" not in set_cookie

    @pytest.mark.parametrize("chosen", [{"host": "0.0.0.0"}, {"public_url": "https://quotes.firm.example"}])
    def test_elsewhere(self, started, ann, chosen):
        client = started(**chosen).test_client()
        (set_cookie,) = client.get("/sign-in", base_url="https://localhost").headers.getlist("Set-Cookie")
        assert set_cookie.startswith("__Host-quotewright=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(set_cookie.split("; "))
        assert "Domain" not in set_cookie


class TestOtherSites:
    def test_an_unsafe_request_with_a_cookie_needs_the_pages_token(self, browser):
        browser.sign_in()
        browser.get("/account")
        token = browser.csrf()
        for headers in ({}, {"X-CSRFToken": "x"}, {"X-CSRFToken": token[:-1]}):
            for method, path in (("POST", "/evaluate"), ("POST", "/sign-out"), ("DELETE", "/tokens/x")):
                answer = browser.client.open(path, method=method, headers=headers, json={})
                assert (answer.status_code, answer.json["code"]) == (403, "csrf"), path
        with_token = browser.client.post("/evaluate", headers={"X-CSRFToken": token}, json={})
        assert with_token.status_code == 422
        assert browser.client.get("/me").status_code == 200

    def test_a_form_is_small(self, browser):
        browser.get("/sign-in")
        answer = browser.client.post("/sign-in", data={"csrf_token": browser.csrf(), "name": "x" * 20_000})
        assert answer.status_code == 413

    def test_a_body_behind_a_cookie_is_held_to_its_limit(self, browser):
        browser.sign_in()
        browser.get("/account")
        headers = {"X-CSRFToken": browser.csrf(), "Content-Type": "application/json"}
        answer = browser.client.post("/evaluate", headers=headers, data=b" " * (1024 * 1024 + 1))
        assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")

    def test_a_token_of_another_session_is_worth_nothing(self, browser, app):
        browser.sign_in()
        stranger = Browser(app)
        stranger.get("/sign-in")
        answer = browser.client.post("/evaluate", headers={"X-CSRFToken": stranger.csrf()}, json={})
        assert (answer.status_code, answer.json["code"]) == (403, "csrf")

    def test_the_form_itself_is_guarded(self, browser):
        answer = browser.client.post("/sign-in", data={"name": "ann", "password": PASSWORD})
        assert answer.status_code == 403
        assert TOO_OLD in answer.text
        assert browser.client.get("/me").status_code == 401

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
            "///evil.example", "javascript:alert(1)", "https:evil.example", "evil.example", "", " /account",
            "/\n/evil.example", "/%0d%0aSet-Cookie:x\r\n", "http:///evil.example", "/a\\..\\evil",
        ],
    )  # fmt: skip
    def test_it_leads_nowhere_else(self, browser, address):
        assert browser.sign_in(afterwards=address).location == "/account"
        assert browser.get(f"/sign-in?{urlencode({'next': address})}").location == "/account"

    def test_it_leads_on_within(self):
        assert ours("/decisions?page=2&q=a%20b") == "/decisions?page=2&q=a%20b"

    def test_pages_load_nothing_from_elsewhere_and_stand_in_no_frame(self, browser):
        page = browser.get("/sign-in")
        policy = page.headers["Content-Security-Policy"]
        assert policy == (
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r"<script|<style|\bstyle=|\bon\w+=|//", page.text)
        for asset in re.findall(r'<link [^>]*href="([^"]+)"', page.text):
            assert browser.client.get(asset).status_code == 200

    def test_what_was_typed_does_not_come_back(self, browser):
        page = browser.sign_in('"><script>alert(1)</script>', "hunter2-hunter2")
        assert "<script>" not in page.text
        assert "hunter2" not in page.text


class TestThePage:
    def test_every_field_has_its_label_and_the_refusal_is_announced(self, browser):
        page = browser.sign_in(password="wrong").text
        shown = re.findall(r'<input id="(\w+)"', page)
        assert shown == ["name", "password"] == re.findall(r'<label for="(\w+)"', page)
        assert '<html lang="en">' in page
        assert '<p class="message" role="alert" id="message">' in page
        assert 'aria-describedby="message"' in page
        assert page.count("<h1>") == 1

    def test_what_a_database_does_not_take_is_left_out_of_a_label(self, browser, ann, people):
        browser.sign_in()
        browser.get("/account")
        assert browser.post("/account/tokens", label="a\0b\nc").status_code == 200
        browser.post("/account/tokens", label="\0")
        labels = {token.label for token in administration.tokens_of(people, ann.id, ann.caller())}
        assert labels == {"a b c", "made in the browser"}

    def test_a_token_is_made_and_shown_once(self, browser, ann, people):
        browser.sign_in()
        browser.get("/account")
        shown = browser.post("/account/tokens", label="laptop").text
        token = re.search(r"qw_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", shown)[0]
        assert browser.client.get("/me", headers={"Authorization": f"Bearer {token}"}).json["role"] == "manager"
        assert token not in browser.get("/account").text
        (kept,) = administration.tokens_of(people, ann.id, ann.caller())
        assert kept.label == "laptop"


def test_the_page_while_the_database_is_away(app, browser, tmp_path):
    """The key that signs its form can't be asked for, and nobody could come in."""
    (tmp_path / "ledger.db").rename(tmp_path / "moved.db")
    away = browser.get("/sign-in")
    assert (away.status_code, away.json["code"]) == (503, "ledger-unavailable")
    (tmp_path / "moved.db").rename(tmp_path / "ledger.db")
    assert browser.get("/sign-in").status_code == 200
