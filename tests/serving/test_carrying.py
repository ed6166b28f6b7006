"""What one thread carries together goes step by step, and nobody waits for one that has ended."""

from __future__ import annotations

import sys
import time
from contextvars import ContextVar
from functools import partial

import pytest

from service import carrying
from service.carrying import Together, carried, in_step, meet


@pytest.fixture
def log():
    return []


def test_all_take_one_step_before_any_takes_the_next(log):
    def work(name):
        log.append(f"{name} parses")
        in_step()
        log.append(f"{name} decides")
        in_step()
        log.append(f"{name} answers")
        return name

    assert Together().run([partial(work, name) for name in "abc"]) == ["a", "b", "c"]
    assert log == [f"{name} {step}" for step in ("parses", "decides", "answers") for name in "abc"]


def test_the_first_acts_for_all_and_has_gone_on_before_the_others_do(log):
    def work(name):
        brought = meet("commit", name)
        log.append((name, brought))

    Together().run([partial(work, name) for name in "abc"])
    assert log == [("a", ["a", "b", "c"]), ("b", None), ("c", None)]


def test_those_that_wait_at_different_places_do_not_mix(log):
    def work(at, name):
        log.append((name, meet(at, name)))

    places = [("one", "a"), ("two", "b"), ("one", "c"), ("two", "d")]
    Together().run([partial(work, at, name) for at, name in places])
    assert log == [("a", ["a", "c"]), ("b", ["b", "d"]), ("c", None), ("d", None)]


def test_one_that_ended_early_keeps_nobody_waiting(log):
    def refused():
        return "refused"

    def decided():
        in_step()
        return meet("commit", 1)

    assert Together().run([refused, decided, refused, decided]) == ["refused", [1, 1], "refused", None]


def test_one_that_exits_ends_alone():
    def work(name):
        in_step()
        if name == "b":
            sys.exit(1)
        in_step()
        return name

    together = Together()
    for _ in range(2):
        assert together.run([partial(work, name) for name in "abc"]) == ["a", None, "c"]


def test_where_one_is_held_up_the_others_are_not_begun(monkeypatch, log):
    monkeypatch.setattr(carrying, "PATIENCE_SECONDS", 0.02)

    def held_up(name):
        log.append(name)
        time.sleep(0.03)
        return name

    assert Together().run([partial(held_up, name) for name in "abc"]) == ["a"]
    assert log == ["a"]


def test_each_has_context_variables_of_its_own():
    variable = ContextVar("variable", default=None)

    def work(name):
        variable.set(name)
        in_step()
        return variable.get()

    assert Together().run([partial(work, name) for name in "ab"]) == ["a", "b"]
    assert variable.get() is None


def test_outside_nobody_is_waited_for():
    assert not carried()
    in_step()
    assert Together().run([carried]) == [True]
