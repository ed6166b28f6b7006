"""How far a version has come, step by step, and which steps may follow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.life import State, lives
from service.domain.steps import Kind, Step
from service.domain.timeline import FROM_THE_BEGINNING, timeline

TODAY = date(2026, 3, 10)
BEFORE, AFTER = TODAY - timedelta(days=5), TODAY + timedelta(days=5)
Told = tuple[str, Kind, date | int | None]


def steps(*told: Told) -> list[Step]:
    """(version, step, effective day or number of the release taken back)"""
    return [
        Step(
            number=number,
            book="b",
            version=version,
            kind=kind,
            at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=number),
            by=f"by-{number}",
            role="manager",
            note="",
            effective_from=more if isinstance(more, date) else None,
            withdraws=more if isinstance(more, int) else None,
        )
        for number, (version, kind, more) in enumerate(told, 1)
    ]


FIRST: Told = ("A", Kind.IMPORTED, FROM_THE_BEGINNING)
REVIEWED: tuple[Told, ...] = (
    ("B", Kind.DRAFTED, None), ("B", Kind.CHECKED, None), ("B", Kind.SUBMITTED, None), ("B", Kind.APPROVED, None),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "state", "possible"),
    [
        (REVIEWED[:1], State.DRAFT, {Kind.CHECKED}),
        (REVIEWED[:2], State.CHECKED, {Kind.CHECKED, Kind.SUBMITTED}),
        (REVIEWED[:3], State.SUBMITTED, {Kind.APPROVED, Kind.REJECTED}),
        (REVIEWED, State.APPROVED, {Kind.SUBMITTED, Kind.RELEASED}),
        ((*REVIEWED[:3], ("B", Kind.REJECTED, None)), State.REJECTED, {Kind.CHECKED, Kind.SUBMITTED}),
        ((*REVIEWED, ("B", Kind.RELEASED, TODAY)), State.RELEASED, set()),
        ((*REVIEWED, ("B", Kind.RELEASED, BEFORE)), State.RELEASED, set()),
        ((*REVIEWED, ("B", Kind.RELEASED, AFTER)), State.SCHEDULED, {Kind.WITHDRAWN}),
        ((*REVIEWED, ("B", Kind.RELEASED, AFTER), ("B", Kind.WITHDRAWN, 6)), State.WITHDRAWN,
         {Kind.CHECKED, Kind.SUBMITTED}),
        ((*REVIEWED, ("B", Kind.RELEASED, BEFORE), ("C", Kind.IMPORTED, TODAY)), State.SUPERSEDED, {Kind.ROLLED_BACK}),
        ((*REVIEWED, ("B", Kind.RELEASED, BEFORE), ("C", Kind.IMPORTED, TODAY), ("B", Kind.ROLLED_BACK, AFTER)),
         State.SCHEDULED, {Kind.WITHDRAWN, Kind.ROLLED_BACK}),
        ((*REVIEWED, ("B", Kind.RELEASED, BEFORE), ("C", Kind.IMPORTED, TODAY), ("B", Kind.ROLLED_BACK, AFTER),
          ("B", Kind.WITHDRAWN, 8)), State.SUPERSEDED, {Kind.ROLLED_BACK}),
    ],
)  # fmt: skip
def test_states(told: tuple[Told, ...], state: State, possible: set[Kind]) -> None:
    taken = steps(FIRST, *told)
    times = timeline(taken)
    life = lives(taken)["B"]
    assert life.state(times, TODAY) is state
    assert set(life.possible(times, TODAY)) == possible


def test_a_day_passes() -> None:
    taken = steps(FIRST, *REVIEWED, ("B", Kind.RELEASED, AFTER))
    times, of = timeline(taken), lives(taken)
    assert (of["A"].state(times, TODAY), of["B"].state(times, TODAY)) == (State.RELEASED, State.SCHEDULED)
    assert (of["A"].state(times, AFTER), of["B"].state(times, AFTER)) == (State.SUPERSEDED, State.RELEASED)


def test_whoever_drafted_or_submitted_it_even_once_had_a_hand_in_it() -> None:
    taken = steps(*REVIEWED[:3], ("B", Kind.REJECTED, None), ("B", Kind.SUBMITTED, None))
    assert lives(taken)["B"].hands() == {"by-1", "by-3", "by-5"}
