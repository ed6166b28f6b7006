"""Runs of a candidate version and what their trials add up to, on each kind of database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.shadow import Money, OutcomeCount, RuleCount, Run, Trial
from service.ledger import Ledger
from service.ledger.shadow import ShadowRuns

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def runs(ledger: Ledger) -> ShadowRuns:
    return ShadowRuns(ledger.database)


@pytest.fixture
def run() -> Callable[..., Run]:
    def made(id: str = "r-1", **changed: object) -> Run:
        fields = {
            "book": "agency", "version": "sha256:1", "started_at": NOON, "started_by": "u-1", "note": "try it",
            "share": 10_000,
        }  # fmt: skip
        return Run(id=id, **{**fields, **changed})  # type: ignore[arg-type]

    return made


def trial(number: int, released: tuple[str, int | None], candidate: tuple[str, int | None], **changed: object) -> Trial:
    fields = {
        "run_id": "r-1", "decision_id": f"d-{number}", "tried_at": NOON, "version": "sha256:1", "currency": "EUR",
        "fired_before": (), "fired_after": (), "differs": released != candidate,
    }  # fmt: skip
    return Trial(
        released_outcome=released[0], released_target=released[1],
        candidate_outcome=candidate[0], candidate_target=candidate[1],
        **{**fields, **changed},  # type: ignore[arg-type]
    )  # fmt: skip


def test_one_run_of_a_book_at_a_time(runs: ShadowRuns, run: Callable[..., Run]) -> None:
    assert runs.start(run()) == run()
    assert runs.start(run("r-2")) is None
    assert runs.start(run("r-3", book="other")) == run("r-3", book="other")
    assert runs.active("agency") == run()
    assert runs.end("r-1", "u-2", NOON + timedelta(hours=1)) is True
    assert runs.end("r-1", "u-3", NOON + timedelta(hours=2)) is False
    assert runs.active("agency") is None
    assert runs.find("r-1") == run(ended_at=NOON + timedelta(hours=1), ended_by="u-2")
    assert runs.start(run("r-2")) is not None
    assert [each.id for each in runs.runs("agency")] == ["r-2", "r-1"]


def test_of_eight_that_start_at_once_one_does(runs: ShadowRuns, run: Callable[..., Run]) -> None:
    started: list[Run | None] = []
    threads = [
        threading.Thread(target=lambda n=n: started.append(runs.start(run(f"r-{n}")))) for n in range(8)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 8
    assert len([each for each in started if each]) == 1


def test_a_report_adds_up(runs: ShadowRuns, run: Callable[..., Run]) -> None:
    runs.start(run())
    runs.record(
        [
            trial(1, ("quote", 100_00), ("quote", 100_00)),
            trial(2, ("quote", 100_00), ("quote", 90_00), fired_after=("cheaper",)),
            trial(3, ("quote", 200_00), ("decline", None), fired_before=("a", "b"), fired_after=("hopeless",)),
            trial(4, ("decline", None), ("decline", None), fired_before=("reworded",)),
            trial(5, ("quote", 10**12), ("quote", 10**12 + 5), currency="JPY", fired_after=("cheaper",)),
        ]
    )
    runs.record([])
    report = runs.report("r-1")
    assert report is not None
    assert (report.run, report.tried, report.differing) == (run(), 5, 3)
    assert report.outcomes == (
        OutcomeCount("quote", "quote", 3),
        OutcomeCount("decline", "decline", 1),
        OutcomeCount("quote", "decline", 1),
    )
    assert report.money == (Money("EUR", 2, 200_00, 190_00), Money("JPY", 1, 10**12, 10**12 + 5))
    assert [money.difference for money in report.money] == [-10_00, 5]
    # d-4 gave the same answer, so what fired otherwise there is no difference.
    assert report.rules == (
        RuleCount("cheaper", 0, 2), RuleCount("a", 1, 0), RuleCount("b", 1, 0), RuleCount("hopeless", 0, 1)
    )  # fmt: skip


def test_an_unknown_run_has_no_report(runs: ShadowRuns) -> None:
    assert runs.report("r-9") is None
    assert runs.find("\0") is None
    assert runs.report("\0") is None
