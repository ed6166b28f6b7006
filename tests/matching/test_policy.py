"""Which runtimes of a book are kept, shared and let go."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from schemas.vocabulary import declarations
from service.matching import runtimes
from service.matching.loadable import engine_findings
from service.matching.runtimes import MOST_TRIED, Policy
from service.policy.binding import NoRate, bind
from service.policy.book import Book
from service.policy.loader import load_book, read_folder

TINY = Path(__file__).parent.parent / "books" / "tiny"
DAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(read_folder(TINY), declarations())


def test_days_between_two_changes_of_a_number_share_a_runtime(book: Book) -> None:
    policy = Policy(book)
    first = policy.runtime(DAY, book.currency)
    assert policy.runtime(DAY + timedelta(days=1), book.currency) is first
    assert policy.runtime(DAY, book.currency) is first


def test_an_override_has_a_runtime_of_its_own(book: Book) -> None:
    policy = Policy(book)
    name, parameter = next(iter(book.parameters.items()))
    changed = policy.runtime(DAY, book.currency, {name: parameter.values[-1][1] + 1})
    assert changed is not policy.runtime(DAY, book.currency)
    assert changed.program.parameters[name][1] == parameter.values[-1][1] + 1


def test_the_values_tried_last_are_kept_apart_from_those_in_force(book: Book) -> None:
    policy = Policy(book)
    standing = policy.runtime(DAY, book.currency)
    name, parameter = next(iter(book.parameters.items()))
    first, *_, last = (
        policy.runtime(DAY, book.currency, {name: parameter.values[-1][1] + more}) for more in range(1, MOST_TRIED + 2)
    )
    assert policy.runtime(DAY, book.currency) is standing
    assert policy.runtime(DAY, book.currency, {name: parameter.values[-1][1] + MOST_TRIED + 1}) is last
    assert policy.runtime(DAY, book.currency, {name: parameter.values[-1][1] + 1}) is not first


def test_a_currency_without_a_rate(book: Book) -> None:
    with pytest.raises(NoRate):
        Policy(book).runtime(DAY, "XPF")


def test_rules_beyond_the_engine_are_findings_with_their_places() -> None:
    files = dict(read_folder(TINY))
    pairs = " && ".join(f"(client.orders == {n} || client.months_active == {n})" for n in range(6))
    rules = "".join(
        f"  - id: {id}\n    practice: P3\n    when: {when}\n    then: {{markup: 1}}\n    reason: x\n"
        for id, when in (("too-wide", pairs), ("fine", "client.orders > 1"), ("too-wide-too", pairs))
    )
    files["more.yaml"] = f"stage: price\nrules:\n{rules}".encode()
    book = load_book(files, declarations())
    found = engine_findings(book, bind(book, DAY, book.currency))
    assert [(f.code, f.subject, f.place.file, f.place.line) for f in found] == [
        ("engine-limit", "too-wide", "more.yaml", 5),
        ("engine-limit", "too-wide-too", "more.yaml", 15),
    ]


def test_one_let_go_is_freed_with_its_last_user(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "MOST_RUNTIMES", 1)
    policy = Policy(book)
    used = policy.runtime(DAY, book.currency)
    foreign = next(iter(book.rates))
    policy.runtime(DAY, foreign)
    lanes = used._lanes
    assert policy.runtime(DAY, book.currency) is not used
    assert not lanes.disposed
    del used
    assert lanes.disposed
