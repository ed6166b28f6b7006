"""Versions of the tiny book from draft to release and back, and every step that can't be taken, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.domain.authority import ApprovalMatrix
from service.domain.life import State
from service.domain.people import Role
from service.domain.steps import Kind
from service.domain.timeline import FROM_THE_BEGINNING
from service.governance import drafting, importing, releasing, reviewing
from service.governance.checking import Checked
from service.governance.standing import Governing

from .conftest import (
    ADA,
    ANN,
    FIONA,
    MAX,
    NOON,
    Clock,
    Files,
    approved,
    imported,
    refused,
    replaced,
    taken,
    versions,
)

TODAY = NOON.date()


def state(at: Governing, version: str) -> State:
    standing = at.standing(at.register.steps("tiny"))
    return standing.lives[version].state(standing.timeline, standing.today)


def in_force(at: Governing, day: date | None = None) -> str | None:
    return at.standing(at.register.steps("tiny")).in_force(day)


def test_from_draft_to_release(at: Governing, tiny: Files, clock: Clock) -> None:
    first = imported(at, tiny).version
    (files,) = versions(tiny, "400.00")
    drafted = drafting.draft(at, files, ANN, "Less credit")
    assert drafted.new
    version = drafted.version
    origin = at.register.origins([version])[version]
    assert (origin.author, origin.note, origin.parent) == ("u-ann", "Less credit", first)
    assert drafting.written_files(at, version) == files
    for minute, (take, expected) in enumerate(
        (
            (lambda: drafting.check(at, version, ANN), State.CHECKED),
            (lambda: reviewing.submit(at, version, ANN, "please"), State.SUBMITTED),
            (lambda: reviewing.approve(at, version, FIONA, "agreed"), State.APPROVED),
            (lambda: releasing.release(at, version, FIONA, "", None), State.RELEASED),
        )
    ):
        clock.passes(minutes=1)
        step = taken(take())
        assert step.at == NOON + timedelta(minutes=minute + 1)
        assert state(at, version) is expected
    assert (in_force(at), state(at, first)) == (version, State.SUPERSEDED)
    told = [(s.kind, s.by, s.role, s.note, s.effective_from) for s in at.register.steps("tiny")]
    assert told == [
        (Kind.IMPORTED, "system", "admin", importing.NOTE, FROM_THE_BEGINNING),
        (Kind.DRAFTED, "u-ann", "manager", "Less credit", None),
        (Kind.CHECKED, "u-ann", "manager", "", None),
        (Kind.SUBMITTED, "u-ann", "manager", "please", None),
        (Kind.APPROVED, "u-fiona", "finance", "agreed", None),
        (Kind.RELEASED, "u-fiona", "finance", "", TODAY),
    ]
    checked, approval = at.register.steps("tiny")[2], at.register.steps("tiny")[4]
    assert (checked.details["cases"], checked.details["rules"]) == (2, 11)
    assert approval.details["required"]["against"] == first
    assert [b["name"] for b in approval.details["required"]["because"]] == ["credit_limit"]


def test_the_same_content_is_the_same_version(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    one = drafting.draft(at, versions(tiny, "400.00")[0], ANN, "first")
    commented = {name: b"# a comment\n" + raw if name.endswith(".yaml") else raw for name, raw in tiny.items()}
    other = drafting.draft(at, versions(commented, "400.00")[0], MAX, "second")
    assert (other.version, other.new) == (one.version, False)
    assert at.register.origins([one.version])[one.version].author == "u-ann"
    assert len(at.register.steps("tiny")) == 2


def test_a_failed_check_tells_everything_and_records_nothing(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    version = drafting.draft(at, replaced(tiny, ("outcome: quote", "outcome: decline")), ANN, "").version
    checked = drafting.check(at, version, ANN)
    assert isinstance(checked, Checked)
    assert {finding.code for finding in checked.errors} == {"case-differs"}
    assert state(at, version) is State.DRAFT
    assert refused(reviewing.submit(at, version, ANN, "")) == "not-checked"


def test_every_step_that_cannot_follow(at: Governing, tiny: Files) -> None:
    first = imported(at, tiny).version
    version = drafting.draft(at, versions(tiny, "400.00")[0], ANN, "").version
    steps = {
        "check": lambda: drafting.check(at, version, ANN),
        "submit": lambda: reviewing.submit(at, version, ANN, ""),
        "approve": lambda: reviewing.approve(at, version, FIONA, ""),
        "reject": lambda: reviewing.reject(at, version, FIONA, "no"),
        "release": lambda: releasing.release(at, version, FIONA, "", None),
        "withdraw": lambda: releasing.withdraw(at, version, FIONA, "no"),
        "roll back": lambda: releasing.roll_back(at, version, FIONA, "no", None),
    }
    codes = {
        "check": "already-submitted", "submit": "not-checked", "approve": "not-submitted", "reject": "not-submitted",
        "release": "not-approved", "withdraw": "not-scheduled", "roll back": "not-superseded",
    }  # fmt: skip
    tomorrow = TODAY + timedelta(days=1)
    way = [
        (None, {"check"}),
        (steps["check"], {"check", "submit"}),
        (steps["submit"], {"approve", "reject"}),
        (steps["reject"], {"check", "submit"}),
        (steps["submit"], {"approve", "reject"}),
        (steps["approve"], {"submit", "release"}),
        (lambda: releasing.release(at, version, FIONA, "", tomorrow), {"withdraw"}),
        (steps["withdraw"], {"check", "submit"}),
        (steps["submit"], {"approve", "reject"}),
        (steps["approve"], {"submit", "release"}),
        (steps["release"], set()),
        (lambda: releasing.roll_back(at, first, FIONA, "back", None), {"roll back"}),
    ]
    for step, possible in way:
        if step:
            taken(step())
        for name in steps.keys() - possible:
            before = at.register.newest_step("tiny")
            assert refused(steps[name]()) == codes[name], name
            assert at.register.newest_step("tiny") == before


def test_unknown_versions(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    for unknown in ("sha256:0", "", "x" * 100):
        assert refused(reviewing.submit(at, unknown, ANN, "")) == "no-such-version"
    assert refused(drafting.draft(at, versions(tiny, "400.00")[0], ANN, "", parent="sha256:0")) == "no-such-version"


def test_four_eyes(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    version = drafting.draft(at, versions(tiny, "400.00")[0], FIONA, "").version
    taken(drafting.check(at, version, ADA))
    taken(reviewing.submit(at, version, ADA, ""))
    assert refused(reviewing.approve(at, version, FIONA, "")) == "four-eyes"
    assert refused(reviewing.approve(at, version, ADA, "")) == "four-eyes"
    taken(reviewing.reject(at, version, ADA, "on second thoughts"))
    taken(reviewing.submit(at, version, FIONA, ""))
    assert refused(reviewing.approve(at, version, ADA, "")) == "four-eyes"


@pytest.mark.usefixtures("matrix")
def test_who_may_approve_depends_on_what_changed(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    little, much = versions(tiny, "550.00", "551.00")
    version = approved(at, little, by=MAX)
    taken(releasing.release(at, version, MAX, "", None))
    large = drafting.draft(at, replaced(tiny, ('"500.00"', '"700.00"')), ANN, "").version
    taken(drafting.check(at, large, ANN))
    taken(reviewing.submit(at, large, ANN, ""))
    assert refused(reviewing.approve(at, large, MAX, "")) == "role-too-low"
    taken(reviewing.approve(at, large, FIONA, ""))
    assert refused(releasing.release(at, large, MAX, "", None)) == "role-too-low"
    # from 550.00, one cent more is a manager's matter, and so is the way back
    cent = approved(at, much, by=MAX)
    taken(releasing.release(at, cent, MAX, "", None))
    taken(releasing.roll_back(at, version, MAX, "back", None))


@pytest.mark.usefixtures("matrix")
def test_an_approval_counts_for_what_it_was_given(at: Governing, tiny: Files, matrix: ApprovalMatrix) -> None:
    """Max agreed to 500.00 -> 520.00; meanwhile 700.00 is in force, and 520.00 is another matter."""
    imported(at, tiny)
    low, high = versions(tiny, "520.00", "700.00")
    version = approved(at, low, by=MAX)
    taken(releasing.release(at, approved(at, high), FIONA, "", None))
    assert refused(releasing.release(at, version, FIONA, "", None)) == "approval-outdated"
    taken(reviewing.submit(at, version, ANN, "again"))
    assert refused(reviewing.approve(at, version, MAX, "")) == "role-too-low"
    taken(reviewing.approve(at, version, FIONA, ""))
    taken(releasing.release(at, version, FIONA, "", None))


@pytest.mark.usefixtures("matrix")
def test_what_is_needed_is_counted_anew_at_the_approval(at: Governing, tiny: Files) -> None:
    imported(at, tiny)
    low, high = versions(tiny, "520.00", "700.00")
    version = drafting.draft(at, low, ANN, "").version
    taken(drafting.check(at, version, ANN))
    taken(reviewing.submit(at, version, ANN, ""))
    standing = at.standing(at.register.steps("tiny"))
    assert at.requirement(standing.in_force(), version).role is Role.MANAGER
    taken(releasing.release(at, approved(at, high), FIONA, "", None))
    assert refused(reviewing.approve(at, version, MAX, "")) == "role-too-low"


def test_scheduled_backdated_withdrawn_rolled_back(at: Governing, tiny: Files, clock: Clock) -> None:
    first = imported(at, tiny).version
    one, two, three = (approved(at, files) for files in versions(tiny, "400.00", "300.00", "200.00"))
    later, earlier = TODAY + timedelta(days=10), TODAY - timedelta(days=10)
    taken(releasing.release(at, one, FIONA, "", later))
    taken(releasing.release(at, two, FIONA, "", earlier))
    assert [in_force(at, day) for day in (earlier - timedelta(days=1), earlier, TODAY, later)] == [first, two, two, one]
    taken(releasing.withdraw(at, one, FIONA, "put off"))
    assert in_force(at, later) == two
    taken(releasing.release(at, three, FIONA, "", TODAY))
    taken(releasing.roll_back(at, two, FIONA, "clients left", TODAY))
    assert in_force(at) == two
    clock.passes(days=12)
    assert in_force(at) == two


def test_rolling_back_to_what_is_in_force_then(at: Governing, tiny: Files) -> None:
    first = imported(at, tiny).version
    taken(releasing.release(at, approved(at, versions(tiny, "400.00")[0]), FIONA, "", None))
    assert refused(releasing.roll_back(at, first, FIONA, "", TODAY - timedelta(days=1))) == "already-in-force"


def test_today_is_counted_in_the_zone_of_the_book(at: Governing, tiny: Files, clock: Clock) -> None:
    """22:30 in UTC is past midnight in Tallinn."""
    imported(at, tiny)
    clock.passes(hours=10, minutes=30)
    step = taken(releasing.release(at, approved(at, versions(tiny, "400.00")[0]), FIONA, "", None))
    assert step.effective_from == TODAY + timedelta(days=1)


def test_a_clock_that_goes_back_never_takes_a_step_back(at: Governing, tiny: Files, clock: Clock) -> None:
    imported(at, tiny)
    clock.passes(hours=-3)
    drafting.draft(at, versions(tiny, "400.00")[0], ANN, "")
    moments = [step.at for step in at.register.steps("tiny")]
    assert moments == [NOON, NOON]
