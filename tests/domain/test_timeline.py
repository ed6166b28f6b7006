"""Which version is in force on which day, as known when: worked out by hand, then held to a second opinion."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.steps import Kind, Step
from service.domain.timeline import FROM_THE_BEGINNING, Timeline, timeline

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def moment(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def step(number: int, version: str, kind: Kind, day: date | None = None, withdraws: int | None = None) -> Step:
    """Step `number` is taken `number` hours after the start."""
    return Step(
        number=number, book="b", version=version, kind=kind, at=moment(number), by="u", role="finance", note="",
        effective_from=day, withdraws=withdraws,
    )  # fmt: skip


def march(day: int) -> date:
    return date(2026, 3, day)


STEPS = (
    step(1, "A", Kind.IMPORTED, FROM_THE_BEGINNING),
    step(2, "B", Kind.DRAFTED),
    step(3, "B", Kind.RELEASED, march(10)),
    step(4, "C", Kind.RELEASED, march(5)),  # backdated: holds until B's day
    step(5, "D", Kind.RELEASED, march(20)),  # scheduled,
    step(6, "D", Kind.WITHDRAWN, withdraws=5),  # and taken back
    step(7, "E", Kind.RELEASED, march(10)),  # the same day as B: the later release wins
    step(8, "A", Kind.ROLLED_BACK, march(15)),
)


@pytest.mark.parametrize(
    ("day", "known", "version"),
    [
        (march(1), None, "A"),
        (date(1999, 1, 1), None, "A"),
        (march(5), None, "C"),
        (march(9), None, "C"),
        (march(10), None, "E"),
        (march(14), None, "E"),
        (march(15), None, "A"),
        (march(25), None, "A"),
        # before anything was known
        (march(15), 0, None),
        (march(15), 1, "A"),
        (march(9), 3, "A"),
        (march(10), 3, "B"),
        # the backdated release changes what is known of days before B's only
        (march(7), 3, "A"),
        (march(7), 4, "C"),
        (march(12), 4, "B"),
        # the scheduled one was known to be coming for an hour
        (march(20), 4, "B"),
        (march(20), 5, "D"),
        (march(20), 6, "B"),
        (march(12), 6, "B"),
        (march(12), 7, "E"),
        (march(20), 7, "E"),
        (march(20), 8, "A"),
    ],
)
def test_worked_out_by_hand(day: date, known: int | None, version: str | None) -> None:
    found = timeline(STEPS).in_force(day, None if known is None else moment(known))
    assert (found.version if found else None) == version


def test_a_moment_is_known_from_its_own_instant_on() -> None:
    times = timeline(STEPS)
    just_before = moment(4) - timedelta(microseconds=1)
    assert times.in_force(march(7), just_before).version == "A"
    assert times.in_force(march(7), moment(4)).version == "C"


def test_spans() -> None:
    told = [(s.release.version, s.release.number, s.release.effective_from, s.until) for s in timeline(STEPS).spans()]
    assert told == [
        ("A", 1, FROM_THE_BEGINNING, march(5)),
        ("C", 4, march(5), march(10)),
        ("E", 7, march(10), march(15)),
        ("A", 8, march(15), None),
    ]
    known = [(s.release.version, s.until) for s in timeline(STEPS).spans(moment(5))]
    assert known == [("A", march(5)), ("C", march(10)), ("B", march(20)), ("D", None)]


def test_without_a_version() -> None:
    assert timeline(STEPS).without(frozenset({"E"})).in_force(march(12)).version == "B"


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    steps: list[Step] = []
    scheduled: list[int] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        if scheduled and draw(st.booleans()):
            taken = scheduled.pop(draw(st.integers(0, len(scheduled) - 1)))
            steps.append(step(number, steps[taken - 1].version, Kind.WITHDRAWN, withdraws=taken))
            continue
        kind = draw(st.sampled_from([Kind.RELEASED, Kind.ROLLED_BACK, Kind.IMPORTED, Kind.CHECKED]))
        day = None if kind is Kind.CHECKED else march(draw(st.integers(1, 6)))
        steps.append(step(number, draw(st.sampled_from("ABCD")), kind, day))
        if day:
            scheduled.append(number)
    return steps


def second_opinion(steps: list[Step], day: date, known: datetime) -> str | None:
    """Day by day and step by step: each known step repaints the days that it has a say in."""
    painted: dict[date, tuple[date, str]] = {}
    seen = [s for s in steps if s.at <= known]
    gone = {s.withdraws for s in seen if s.kind is Kind.WITHDRAWN}
    for s in seen:
        if s.effective_from is None or s.number in gone:
            continue
        for offset in range(40):
            there = march(1) + timedelta(days=offset)
            if there >= s.effective_from and painted.get(there, (date.min, ""))[0] <= s.effective_from:
                painted[there] = (s.effective_from, s.version)
    return painted.get(day, (None, None))[1]


@given(histories(), st.integers(1, 8), st.integers(0, 13))
def test_agrees_with_the_second_opinion(steps: list[Step], day: int, known: int) -> None:
    times = timeline(steps)
    found = times.in_force(march(day), moment(known))
    expected = second_opinion(steps, march(day), moment(known))
    assert (found.version if found else None) == expected
    spans = times.spans(moment(known))
    inside = [s for s in spans if s.release.effective_from <= march(day) and (s.until is None or march(day) < s.until)]
    assert [s.release.version for s in inside] == ([expected] if expected else [])
    everything = times.in_force(march(day))
    assert (everything.version if everything else None) == second_opinion(steps, march(day), moment(99))


@given(histories(), st.integers(1, 8), st.integers(0, 13))
def test_what_was_known_stays_known(steps: list[Step], day: int, known: int) -> None:
    """Whatever happens later: an answer as known at a moment never changes."""
    then = [s for s in steps if s.number <= known]
    before = timeline(then).in_force(march(day), moment(known))
    after = timeline(steps).in_force(march(day), moment(known))
    assert (before and before.number) == (after and after.number)


def test_nothing_is_in_force_of_nothing() -> None:
    assert Timeline(()).in_force(march(1)) is None
    assert Timeline(()).spans() == ()
