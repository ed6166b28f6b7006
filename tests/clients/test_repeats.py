"""Which rows of a file repeat others, against a plain count of them all in memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as some

from service.clients.repeats import Repeat, Repeats

ROWS = some.lists(some.tuples(some.sampled_from(["", "=1", "=2", "=3"]), some.sampled_from("abc")), max_size=30)


def found(rows: list[tuple[str, str]]) -> list[Repeat]:
    with TemporaryDirectory() as folder:
        repeats = Repeats(Path(folder))
        for line, (name, content) in enumerate(rows, 2):
            repeats.note(line, name, content)
        return list(repeats.found())


def test_by_hand() -> None:
    rows = [("", "a"), ("=1", "a"), ("", "a"), ("=2", "b"), ("=1", "a"), ("=2", "c"), ("", "a")]
    assert found(rows) == [
        Repeat(4, 2, False), Repeat(5, 1, True), Repeat(6, 2, False), Repeat(7, 1, True), Repeat(8, 3, False),
    ]  # fmt: skip


def test_none() -> None:
    assert found([]) == []
    assert found([("", "a"), ("=1", "a"), ("=2", "a")]) == []


def test_many_rows_of_one_part() -> None:
    """More than is kept in memory, and than is read at a time."""
    rows = [("", "a")] * 5_000 + [("=1", str(number)) for number in range(5_000)]
    assert found(rows) == [
        *(Repeat(line, line - 1, False) for line in range(3, 5_002)),
        *(Repeat(line, 1, True) for line in range(5_002, 10_002)),
    ]


@given(ROWS)
def test_as_counted_in_memory(rows: list[tuple[str, str]]) -> None:
    said: dict[str, set[str]] = {}
    for name, content in rows:
        said.setdefault(name, set()).add(content)
    seen: Counter[tuple[str, str]] = Counter()
    wanted = []
    for line, (name, content) in enumerate(rows, 2):
        seen[name, content] += 1
        contradicted = name != "" and len(said[name]) > 1
        if seen[name, content] > 1 or contradicted:
            wanted.append(Repeat(line, seen[name, content], contradicted))
    assert found(rows) == wanted
