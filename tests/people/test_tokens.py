"""Who comes with a token: nobody with one that is malformed, unknown, expired, revoked or whose user is out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.people import SYSTEM, Caller, Role
from service.people import administration
from service.people.remembered import SECONDS, Bearers
from service.people.tokens import TokenRefused, authenticated

from .conftest import NOON, added, issued

UNKNOWN = "qw_0123456789abcdef_" + "A" * 43


@pytest.fixture
def ann(people):
    return added(people, "ann", Role.FINANCE)


@pytest.fixture
def token(people, ann):
    return issued(people, ann)


def test_a_good_token_names_its_user(people, ann, token):
    assert authenticated(people, token.text, NOON) == Caller(ann.id, "ann", Role.FINANCE)


@pytest.mark.parametrize(
    "text",
    ["", "qw_", "qw__", "password", UNKNOWN, UNKNOWN + "A", UNKNOWN.upper(), UNKNOWN + "\n", " " + UNKNOWN, "qw_\0_A"],
)  # fmt: skip
def test_what_is_no_token(people, token, text):
    assert authenticated(people, text, NOON) is TokenRefused.INVALID


def test_the_secret_counts_to_its_last_character(people, token):
    other = "B" if token.text[-1] != "B" else "C"
    assert authenticated(people, token.text[:-1] + other, NOON) is TokenRefused.INVALID


def test_it_expires_to_the_moment(people, token):
    assert token.token.expires_at == NOON + timedelta(days=90)
    assert isinstance(authenticated(people, token.text, NOON + timedelta(days=90, microseconds=-1)), Caller)
    assert authenticated(people, token.text, NOON + timedelta(days=90)) is TokenRefused.EXPIRED


def test_revoked(people, token):
    administration.revoke_token(people, token.token.id, SYSTEM, NOON)
    assert authenticated(people, token.text, NOON) is TokenRefused.REVOKED


def test_whoever_is_disabled_takes_the_tokens_along_for_good(people, ann, token):
    administration.change_user(people, ann.id, SYSTEM, NOON, disabled=True)
    assert authenticated(people, token.text, NOON) is TokenRefused.REVOKED
    administration.change_user(people, ann.id, SYSTEM, NOON, disabled=False)
    assert authenticated(people, token.text, NOON) is TokenRefused.REVOKED


@pytest.mark.parametrize(
    ("of_the_user", "of_the_token", "given"),
    [
        (Role.QUOTER, None, Role.QUOTER),
        (Role.FINANCE, Role.QUOTER, Role.QUOTER),
        (Role.MANAGER, Role.FINANCE, Role.MANAGER),
        (Role.ADMIN, Role.FINANCE, Role.FINANCE),
    ],
)
def test_a_token_may_no_more_than_its_user_today(people, ann, of_the_user, of_the_token, given):
    made = issued(people, ann, role=of_the_token)
    administration.change_user(people, ann.id, SYSTEM, NOON, role=of_the_user)
    assert authenticated(people, made.text, NOON).role is given


def test_the_last_use_is_noted_once_a_minute(people, ann, token):
    def last_used():
        with people.reading() as roster:
            return roster.tokens_of(ann.id)[0].last_used_at

    assert last_used() is None
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (119, 60), (120, 120)):
        authenticated(people, token.text, NOON + timedelta(seconds=seconds))
        assert last_used() == NOON + timedelta(seconds=noted)


def test_a_refused_use_is_no_use(people, ann, token):
    authenticated(people, token.text[:-3] + "xyz", NOON)
    with people.reading() as roster:
        assert roster.tokens_of(ann.id)[0].last_used_at is None


def test_nothing_in_the_database_gives_a_token_back(people, token):
    with people.reading() as roster:
        kept, _ = roster.bearer(token.token.id)
    secret = token.text.split("_", 2)[2]
    assert secret not in kept.digest
    assert kept.digest not in repr(kept)
    assert secret not in repr(token)


class TestRemembered:
    @pytest.fixture
    def ticks(self):
        return [100.0]

    @pytest.fixture
    def bearers(self, people, clock, ticks):
        return Bearers(people, clock, lambda: ticks[0])

    def test_for_a_second_and_no_longer(self, bearers, token, ticks):
        assert bearers.remembered(token.text) is None
        caller = bearers.asked(token.text)
        ticks[0] += SECONDS - 0.001
        assert bearers.remembered(token.text) == caller
        ticks[0] += 0.001
        assert bearers.remembered(token.text) is None

    def test_a_revoked_token_is_refused_when_it_is_asked_again(self, people, bearers, token, ticks):
        bearers.asked(token.text)
        administration.revoke_token(people, token.token.id, SYSTEM, NOON)
        ticks[0] += SECONDS
        assert bearers.asked(token.text) is TokenRefused.REVOKED
        assert bearers.remembered(token.text) is None

    def test_another_secret_is_not_remembered_with_it(self, bearers, token):
        bearers.asked(token.text)
        assert bearers.remembered(token.text[:-2] + "__") is None
        assert bearers.asked(UNKNOWN) is TokenRefused.INVALID
        assert bearers.remembered(UNKNOWN) is None
