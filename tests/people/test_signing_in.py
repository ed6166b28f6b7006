"""Passwords, lock-out and sessions."""

from __future__ import annotations

import statistics
import threading
import time
from datetime import timedelta

import pytest

from service.domain.people import SYSTEM, Role
from service.people import administration, events, names, sessions
from service.people.lockout import locked
from service.people.signing_in import proved

from .conftest import NOON, PASSWORD, added

DOOR = "page"


@pytest.fixture
def ann(people, passwords):
    return added(people, "ann", Role.MANAGER, passwords.hashed(PASSWORD))


@pytest.fixture
def attempt(people, passwords, clock):
    def made(password=PASSWORD, name="ann"):
        return proved(people, passwords, name, password, clock(), DOOR)

    return made


class TestLocked:
    """Minutes at which somebody failed, and whether the name is locked at the last."""

    @pytest.mark.parametrize(
        ("minutes", "at", "shut"),
        [
            ([0, 1, 2, 3], 3, False),
            ([0, 1, 2, 3, 4], 4, True),
            ([0, 1, 2, 3, 4], 18.99, True),
            ([0, 1, 2, 3, 4], 19, False),
            ([0, 4, 8, 12, 15], 15, True),
            ([0, 4, 8, 12, 15.01], 15.01, False),
            ([0, 1, 2, 3, 4, 19], 19, False),
            ([4, 3, 2, 1, 0], 5, True),
            ([], 0, False),
        ],
    )
    def test_five_within_a_quarter_of_an_hour(self, minutes, at, shut):
        failed = [NOON + timedelta(minutes=minute) for minute in minutes]
        assert locked(failed, NOON + timedelta(minutes=at)) is shut


class TestProved:
    def test_name_and_password(self, ann, attempt):
        assert attempt().id == ann.id
        assert attempt(name=" ANN ").id == ann.id
        assert attempt("seven small grey stone") is None
        assert attempt(name="bob") is None
        assert attempt(PASSWORD + "x" * 300) is None

    def test_locked_for_everyone_and_open_again(self, ann, attempt, clock):
        for _ in range(5):
            assert attempt("wrong") is None
        assert attempt() is None
        clock.pass_by(minutes=14, seconds=59)
        assert attempt() is None
        clock.pass_by(seconds=1)
        assert attempt().id == ann.id

    def test_success_forgives_what_was_before(self, ann, attempt):
        for _ in range(3):
            for _ in range(4):
                assert attempt("wrong") is None
            assert attempt() is not None

    def test_a_name_that_nobody_has_is_locked_alike(self, people, ann, attempt):
        for name in ("ann", "nobody"):
            for _ in range(7):
                attempt("wrong", name)
        with people.reading() as roster:
            told = [[line.event for line in roster.notes(names.digest(name))] for name in ("ann", "nobody")]
        assert told[0][1:] == told[1] == [events.ATTEMPT] * 5 + [events.LOCKED] * 2

    def test_others_are_not_locked_out(self, people, passwords, ann, attempt):
        bob = added(people, "bob", Role.QUOTER, passwords.hashed(PASSWORD))
        for _ in range(6):
            attempt("wrong")
        assert attempt(name="bob").id == bob.id

    def test_attempts_at_the_same_moment_see_one_another(self, people, ann, attempt):
        threads = [threading.Thread(target=attempt, args=("wrong",)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with people.reading() as roster:
            tried = [line.event for line in roster.notes(names.digest("ann"))]
        assert tried.count(events.ATTEMPT) == 5

    def test_whoever_is_disabled_or_has_no_password(self, people, ann, attempt):
        added(people, "tool", Role.QUOTER)
        assert attempt("a password that nobody has", name="tool") is None
        administration.change_user(people, ann.id, SYSTEM, NOON, disabled=True)
        assert attempt() is None

    def test_the_record_holds_no_name_as_typed(self, people, attempt):
        attempt("x", name="hunter2-in-the-wrong-field")
        with people.reading() as roster:
            (line,) = roster.notes(names.digest("hunter2-in-the-wrong-field"))
        assert "hunter2" not in repr(line)
        assert line.user_id is None

    def test_an_old_hash_is_made_anew(self, people, passwords, attempt):
        from argon2 import PasswordHasher

        old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
        user = added(people, "old", Role.QUOTER, old)
        assert attempt(name="old").id == user.id
        with people.reading() as roster:
            afresh = roster.user(user.id).password
        assert afresh != old
        assert passwords.fit(afresh, PASSWORD)

    def test_known_and_unknown_names_take_the_same_time(self, people, passwords, ann):
        def seconds(name, number):
            begun = time.perf_counter()
            proved(people, passwords, name, "wrong", NOON + timedelta(hours=number), DOOR)
            return time.perf_counter() - begun

        seconds("warm", 0)
        taken = [(seconds("ann", number), seconds("nobody", number)) for number in range(15)]
        known, unknown = (statistics.median(column) for column in zip(*taken, strict=True))
        assert 0.5 < known / unknown < 2


class TestSessions:
    def test_until_it_ends(self, people, ann):
        sessions.opened(people, ann, "secret", NOON)
        assert sessions.whose(people, "secret", NOON).id == ann.id
        assert sessions.whose(people, "other", NOON) is None
        sessions.ended(people, ann, "secret", NOON)
        assert sessions.whose(people, "secret", NOON) is None

    def test_idle_for_an_hour(self, people, ann, clock):
        sessions.opened(people, ann, "secret", NOON)
        assert sessions.whose(people, "secret", clock.pass_by(minutes=59))
        assert sessions.whose(people, "secret", clock.pass_by(minutes=59))
        assert sessions.whose(people, "secret", clock.pass_by(minutes=60)) is None

    def test_twelve_hours_however_busy(self, people, ann, clock):
        sessions.opened(people, ann, "secret", NOON)
        for _ in range(23):
            assert sessions.whose(people, "secret", clock.pass_by(minutes=30))
        assert sessions.whose(people, "secret", clock.pass_by(minutes=30)) is None

    def test_whoever_is_disabled_is_out(self, people, ann):
        sessions.opened(people, ann, "secret", NOON)
        administration.change_user(people, ann.id, SYSTEM, NOON, disabled=True)
        administration.change_user(people, ann.id, SYSTEM, NOON, disabled=False)
        assert sessions.whose(people, "secret", NOON) is None

    def test_a_new_password_ends_all(self, people, ann):
        sessions.opened(people, ann, "secret", NOON)
        administration.set_password(people, ann.id, "hash", ann.caller(), NOON)
        assert sessions.whose(people, "secret", NOON) is None


def test_the_key_of_cookies_is_made_once(people):
    assert people.key("session-key", "first", NOON) == "first"
    assert people.key("session-key", "second", NOON) == "first"
