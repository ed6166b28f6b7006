"""Several people at once, on both databases: one of them is told that the step can't follow any more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

from service.domain.people import Caller, Role
from service.domain.steps import Kind, Step
from service.governance import drafting, importing, releasing, reviewing
from service.governance.refusal import Refusal
from service.governance.standing import Governing
from service.ledger import Database, PolicyRegister

from .conftest import ANN, FIONA, NOON, Clock, Files, approved, imported, taken, versions

T = TypeVar("T")


def at_once(takes: list[Callable[[], T]]) -> list[T]:
    """Each from a thread of its own, released together."""
    barrier = Barrier(len(takes))

    def one(take: Callable[[], T]) -> T:
        barrier.wait()
        return take()

    with ThreadPoolExecutor(len(takes)) as pool:
        return list(pool.map(one, takes))


def offices(url: str, count: int) -> list[Governing]:
    """As many processes would have them: each with a database of its own."""
    return [Governing(PolicyRegister(Database(url)), Clock(NOON)) for _ in range(count)]


def test_two_approvers(at: Governing, url: str, tiny: Files) -> None:
    imported(at, tiny)
    version = drafting.draft(at, versions(tiny, "400.00")[0], ANN, "").version
    taken(drafting.check(at, version, ANN))
    taken(reviewing.submit(at, version, ANN, ""))
    people = [Caller(f"u-{n}", str(n), Role.FINANCE) for n in range(4)]
    both = zip(offices(url, 4), people, strict=True)
    results = at_once([lambda o=office, p=person: reviewing.approve(o, version, p, "") for office, person in both])
    assert sorted(type(result).__name__ for result in results) == ["Refusal"] * 3 + ["Step"]
    assert {result.code for result in results if isinstance(result, Refusal)} == {"not-submitted"}
    assert [step.kind for step in at.register.steps("tiny")].count(Kind.APPROVED) == 1


def test_approved_and_rejected(at: Governing, url: str, tiny: Files) -> None:
    imported(at, tiny)
    version = drafting.draft(at, versions(tiny, "400.00")[0], ANN, "").version
    taken(drafting.check(at, version, ANN))
    taken(reviewing.submit(at, version, ANN, ""))
    one, other = offices(url, 2)
    results = at_once(
        [
            lambda: reviewing.approve(one, version, FIONA, ""),
            lambda: reviewing.reject(other, version, FIONA, "no"),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "Step"]


def test_many_workers_import_one_folder(at: Governing, url: str, tiny: Files) -> None:
    book = importing.load_book(tiny, importing.declarations())
    results = at_once([lambda o=office: importing.import_changed(o, book, tiny) for office in offices(url, 6)])
    assert sum(isinstance(result, Step) for result in results) == 1
    assert [step.kind for step in at.register.steps("tiny")] == [Kind.IMPORTED]


def test_many_draft_the_same(at: Governing, url: str, tiny: Files) -> None:
    results = at_once([lambda o=office: drafting.draft(o, tiny, ANN, "") for office in offices(url, 6)])
    assert sorted(result.new for result in results) == [False] * 5 + [True]
    assert len(at.register.steps("tiny")) == 1


def test_steps_are_numbered_one_after_another(at: Governing, url: str, tiny: Files) -> None:
    """Releases of many versions at once: none is lost, numbers and moments rise together."""
    imported(at, tiny)
    ready = [approved(at, files) for files in versions(tiny, "400.00", "401.00", "402.00", "403.00")]
    both = zip(offices(url, 4), ready, strict=True)
    day = NOON.date() + timedelta(days=1)
    for result in at_once([lambda o=o, v=v: releasing.release(o, v, FIONA, "", day) for o, v in both]):
        taken(result)
    steps = at.register.steps("tiny")
    assert [step.number for step in steps] == sorted(step.number for step in steps)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert len({step.version for step in steps if step.kind is Kind.RELEASED}) == 4


def test_a_release_and_a_roll_back_at_once(at: Governing, url: str, tiny: Files) -> None:
    """Both may be taken, one after the other: each is judged by what stands when it is written."""
    first = imported(at, tiny).version
    second, third = (approved(at, files) for files in versions(tiny, "400.00", "300.00"))
    taken(releasing.release(at, second, FIONA, "", None))
    one, other = offices(url, 2)
    results = at_once(
        [
            lambda: releasing.release(one, third, FIONA, "", None),
            lambda: releasing.roll_back(other, first, FIONA, "back", None),
        ]
    )
    numbers = [taken(result).number for result in results]
    last = results[numbers.index(max(numbers))]
    assert at.standing(at.register.steps("tiny")).in_force() == taken(last).version
    assert taken(last).details["required"]["against"] == taken(results[numbers.index(min(numbers))]).version
