"""Signing in by OpenID Connect with a provider that answers over HTTP, honest or not."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.api.services import EXTENSION
from service.domain.people import SYSTEM, Role
from service.pages.sign_in_elsewhere import FAILED, NO_ROLE
from service.people import administration

from .conftest import NOON, Browser
from .provider_of_identities import CLIENT_ID, CLIENT_SECRET, Provider

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def app(started, provider):
    return started(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_roles=(("quotes-finance", Role.FINANCE), ("quotes-desk", Role.QUOTER), ("bosses", Role.ADMIN)),
        public_url=HERE,
    )


@pytest.fixture
def browser(app):
    return Browser(app)


def sent_back(browser, afterwards="/account"):
    """The address to which the provider sends the browser back."""
    away = browser.get(f"/sign-in/oidc?next={afterwards}")
    assert away.status_code == 302
    back = httpx.get(away.location).headers["Location"]
    assert back.startswith(f"{HERE}/sign-in/oidc/callback?")
    return back.removeprefix(HERE)


def signed_in(browser, afterwards="/account"):
    return browser.get(sent_back(browser, afterwards))


def me(browser):
    return browser.client.get("/me").json


def refused(browser, answer):
    assert answer.status_code == 403
    assert FAILED in answer.text
    assert browser.client.get("/me").status_code == 401


def test_the_page_offers_it(browser):
    assert "/sign-in/oidc?next=/docs" in browser.get("/sign-in?next=/docs").text


def test_a_person_is_made_at_the_first_sign_in(browser, app):
    answer = signed_in(browser, "/docs")
    assert (answer.status_code, answer.location) == (303, "/docs")
    assert (me(browser)["name"], me(browser)["role"]) == ("jane", "finance")
    first = me(browser)["id"]
    other = Browser(app)
    signed_in(other)
    assert me(other)["id"] == first


def test_what_is_asked_of_the_provider(browser):
    url = urlsplit(browser.get("/sign-in/oidc").location)
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert asked["redirect_uri"] == f"{HERE}/sign-in/oidc/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"]
    assert len(asked["nonce"]) >= 20
    assert len(asked["state"]) >= 20
    assert CLIENT_SECRET not in url.query


def test_the_role_is_what_the_provider_says_today(browser, provider):
    signed_in(browser)
    provider.person["groups"] = ["other", "quotes-desk"]
    signed_in(browser)
    assert me(browser)["role"] == "quoter"


@pytest.mark.parametrize("groups", [[], ["other"], "other", 7, None, {"quotes-finance": True}])
def test_without_a_role_nobody_comes_in(browser, provider, groups):
    provider.person["groups"] = groups
    answer = signed_in(browser)
    assert answer.status_code == 403
    assert NO_ROLE in answer.text
    assert browser.client.get("/me").status_code == 401
    assert browser.client.get("/users").status_code == 401


def test_whoever_is_disabled_here_stays_out(browser, provider, app):
    signed_in(browser)
    people = app.extensions[EXTENSION].people
    administration.change_user(people, me(browser)["id"], SYSTEM, NOON, disabled=True)
    assert NO_ROLE in signed_in(browser).text
    assert browser.client.get("/me").status_code == 401


def test_a_name_at_the_provider_is_not_the_user_of_that_name_here(browser, provider, app):
    people = app.extensions[EXTENSION].people
    administration.add_user(people, "root", Role.ADMIN, None, "id-of-root", SYSTEM, NOON)
    provider.person.update(preferred_username="root", groups=["quotes-desk"])
    signed_in(browser)
    assert me(browser)["role"] == "quoter"
    assert me(browser)["name"].startswith("person-")


def test_the_last_admin_stays_one(browser, provider):
    provider.person["groups"] = ["bosses"]
    signed_in(browser)
    provider.person["groups"] = ["quotes-desk"]
    signed_in(browser)
    assert me(browser)["role"] == "admin"


LONG_AGO = int(time.time()) - 3_600


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": ["another-client", "quotewright"], "azp": "another-client"},
        {"iss": "https://id.evil.example"},
        {"exp": LONG_AGO},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"iat": None},
    ],
)
def test_a_token_that_proves_nothing(browser, provider, twist):
    provider.twist = twist
    refused(browser, signed_in(browser))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("cheat", ["none", "secret", "stranger", "no id token"])
def test_a_token_that_the_provider_did_not_sign(browser, provider, cheat):
    provider.cheat = cheat
    provider.offered = ["RS256", "HS256", "none"]
    refused(browser, signed_in(browser))


def test_a_state_of_another_browser(browser, app):
    """Somebody is sent to come in as somebody else."""
    refused(browser, browser.get(sent_back(Browser(app))))


def test_coming_back_twice(browser, provider):
    back = sent_back(browser)
    browser.get(back)
    browser.get("/account")
    browser.post("/sign-out")
    refused(browser, browser.get(back))


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied"])
def test_coming_back_without_having_left(browser, query):
    refused(browser, browser.get(f"/sign-in/oidc/callback{query}"))


def test_a_provider_that_says_it_is_another(browser, provider):
    provider.issuer_told = "https://id.evil.example"
    assert FAILED in browser.get("/sign-in/oidc").text


def test_a_provider_that_is_away(browser, provider):
    provider.close()
    answer = browser.get("/sign-in/oidc")
    assert (answer.status_code, FAILED in answer.text) == (403, True)


def test_it_leads_nowhere_else(browser):
    assert signed_in(browser, "//evil.example").location == "/account"


def test_a_session_before_is_thrown_away(browser):
    browser.get("/sign-in")
    planted = browser.cookie()
    signed_in(browser)
    assert browser.cookie() != planted


def test_neither_secret_nor_token_reaches_the_log(browser, provider, capfd):
    back = sent_back(browser)
    browser.get(back)
    provider.twist = {"nonce": "another"}
    signed_in(browser)
    logged = capfd.readouterr()
    code = parse_qs(urlsplit(back).query)["code"][0]
    for secret in (CLIENT_SECRET, "eyJ", code, browser.cookie()):
        assert secret not in logged.err + logged.out
    assert '"refused":"InvalidClaimError"' in logged.err
