"""Users and tokens: who may make, change and end them, and what must always remain."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from service.domain.people import SYSTEM, Caller, Role
from service.people import administration, names
from service.people.administration import Issued, Wanted
from service.people.chance import drawn
from service.people.refusals import (
    ALREADY_SET_UP,
    BAD_NAME,
    DISABLED,
    LAST_ADMIN,
    NAME_TAKEN,
    NO_SUCH_TOKEN,
    NO_SUCH_USER,
    NOT_YOURS,
    ROLE_ABOVE,
)
from service.people.tokens import authenticated

from .conftest import NOON, PASSWORD, added, issued, read


@pytest.fixture
def boss(people):
    return added(people, "boss", Role.ADMIN)


@pytest.fixture
def ann(people):
    return added(people, "ann", Role.MANAGER)


class TestTheFirstAdmin:
    def test_is_made_once_with_a_token(self, people, passwords):
        user, made = administration.set_up(people, passwords, "Ann ", PASSWORD, "id-1", drawn(), NOON)
        assert (user.name, user.role, user.created_by) == ("ann", Role.ADMIN, "system")
        assert authenticated(people, made.text, NOON) == Caller("id-1", "ann", Role.ADMIN)
        assert passwords.fit(user.password, PASSWORD)
        again = administration.set_up(people, passwords, "bob", PASSWORD, "id-2", drawn(), NOON)
        assert again is ALREADY_SET_UP

    def test_of_many_at_once_one_is_made(self, people, passwords):
        together, results = threading.Barrier(3), []

        def begins(name):
            together.wait()
            results.append(administration.set_up(people, passwords, name, PASSWORD, f"id-{name}", drawn(), NOON))

        threads = [threading.Thread(target=begins, args=(name,)) for name in ("ada", "bea", "cleo")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results.count(ALREADY_SET_UP) == 2
        with people.reading() as roster:
            assert (len(roster.users()), roster.admins()) == (1, 1)

    @pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaaaa", "annannannann1234", "x" * 201])
    def test_has_no_weak_password(self, people, passwords, password):
        refused = administration.set_up(people, passwords, "ann", password, "id-1", drawn(), NOON)
        assert refused.code == "weak-password"
        assert password not in refused.detail


class TestUsers:
    @pytest.mark.parametrize("name", ["", " ", "system", "Anonymous", "an n", "../x", "ann\0", "ä", "x" * 101, "-ann"])
    def test_names_that_are_none(self, people, name):
        assert administration.add_user(people, name, Role.QUOTER, None, "id", SYSTEM, NOON) is BAD_NAME

    def test_names_differ_by_more_than_capitals(self, people, ann):
        assert administration.add_user(people, "ANN", Role.QUOTER, None, "id", SYSTEM, NOON) is NAME_TAKEN

    def test_the_last_active_admin_stays(self, people, boss):
        for change in ({"role": Role.FINANCE}, {"disabled": True}):
            assert administration.change_user(people, boss.id, SYSTEM, NOON, **change) is LAST_ADMIN
        other = added(people, "other", Role.ADMIN)
        administration.change_user(people, other.id, SYSTEM, NOON, disabled=True)
        assert administration.change_user(people, boss.id, SYSTEM, NOON, role=Role.QUOTER) is LAST_ADMIN
        administration.change_user(people, other.id, SYSTEM, NOON, disabled=False)
        assert administration.change_user(people, boss.id, SYSTEM, NOON, role=Role.QUOTER).role is Role.QUOTER

    def test_two_admins_who_remove_each_other_at_once(self, people, boss):
        other = added(people, "other", Role.ADMIN)
        together, results = threading.Barrier(2), []

        def removes(user):
            together.wait()
            results.append(administration.change_user(people, user.id, SYSTEM, NOON, disabled=True))

        threads = [threading.Thread(target=removes, args=(user,)) for user in (boss, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results.count(LAST_ADMIN) == 1
        assert [read(people, user).active for user in (boss, other)].count(True) == 1

    def test_who_changed_what_is_on_record(self, people, boss, ann):
        by = boss.caller()
        administration.change_user(people, ann.id, by, NOON, role=Role.FINANCE)
        administration.change_user(people, ann.id, by, NOON, disabled=True)
        administration.change_user(people, ann.id, by, NOON, disabled=True)
        administration.change_user(people, ann.id, by, NOON, disabled=False)
        with people.reading() as roster:
            lines = [(line.event, line.by) for line in roster.notes(names.digest("ann"))]
        assert lines == [
            ("added as manager", "system"),
            ("role manager -> finance", boss.id),
            ("disabled", boss.id),
            ("enabled", boss.id),
        ]

    def test_nobody(self, people):
        assert administration.change_user(people, "x\0", SYSTEM, NOON, disabled=True) is NO_SUCH_USER
        assert administration.set_password(people, "x", "hash", SYSTEM, NOON) is NO_SUCH_USER


class TestTokens:
    def test_of_oneself_no_more_than_one_came_with(self, people, boss):
        weak = Caller(boss.id, boss.name, Role.QUOTER)
        made = administration.create_token(people, boss.id, Wanted(label="x"), weak, drawn(), NOON)
        assert made.token.role is Role.QUOTER
        more = Wanted(label="x", role=Role.ADMIN)
        assert administration.create_token(people, boss.id, more, weak, drawn(), NOON) is ROLE_ABOVE

    def test_by_an_admin_no_more_than_the_user(self, people, boss, ann):
        made = administration.create_token(people, ann.id, Wanted(label="x"), boss.caller(), drawn(), NOON)
        assert made.token.role is Role.MANAGER
        more = Wanted(label="x", role=Role.FINANCE)
        assert administration.create_token(people, ann.id, more, boss.caller(), drawn(), NOON) is ROLE_ABOVE

    def test_others_tokens_are_an_admins_business(self, people, boss, ann):
        theirs = issued(people, boss)
        by = ann.caller()
        for user_id in (boss.id, "nobody"):
            assert administration.create_token(people, user_id, Wanted(label="x"), by, drawn(), NOON) is NOT_YOURS
            assert administration.tokens_of(people, user_id, by) is NOT_YOURS
        for token_id in (theirs.token.id, "0" * 16, "\0"):
            assert administration.revoke_token(people, token_id, by, NOON) is NO_SUCH_TOKEN
        assert [token.id for token in administration.tokens_of(people, boss.id, boss.caller())] == [theirs.token.id]
        assert administration.tokens_of(people, "nobody", boss.caller()) is NO_SUCH_USER

    def test_not_for_whoever_is_disabled(self, people, boss, ann):
        administration.change_user(people, ann.id, SYSTEM, NOON, disabled=True)
        assert administration.create_token(people, ann.id, Wanted(label="x"), boss.caller(), drawn(), NOON) is DISABLED

    def test_revoking_twice_keeps_the_first_moment(self, people, ann):
        made = issued(people, ann)
        first = administration.revoke_token(people, made.token.id, ann.caller(), NOON)
        again = administration.revoke_token(people, made.token.id, ann.caller(), NOON + timedelta(hours=1))
        assert first.revoked_at == again.revoked_at == NOON

    def test_days(self, people, ann):
        made = administration.create_token(people, ann.id, Wanted(label="x", days=365), SYSTEM, drawn(), NOON)
        assert isinstance(made, Issued)
        assert made.token.expires_at == NOON + timedelta(days=365)
