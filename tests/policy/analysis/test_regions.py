"""Boxes against boxes, held to looking at every point of a small space."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.analysis.columns import Box, joined, met
from service.policy.analysis.regions import Budget, Crowd, TooMuch, members, overlap, uncovered

SIZE = 7
segments = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), min_size=1, max_size=2).map(
    lambda pairs: joined([(min(pair), max(pair)) for pair in pairs])
)
boxes = st.lists(st.dictionaries(st.integers(0, 2), segments, max_size=3), max_size=9)
SPACE = dict.fromkeys(range(3), ((0, SIZE - 1),))


def holds(box: Box, point: Mapping[int, int]) -> bool:
    return all(any(low <= point[c] <= high for low, high in allowed) for c, allowed in box.items())


POINTS = [dict(enumerate(values)) for values in product(range(SIZE), repeat=3)]


@settings(max_examples=150, deadline=None)
@given(boxes)
def test_what_is_uncovered_is_no_more_and_no_less(many: list[Box]) -> None:
    parts = list(uncovered(many, SPACE, Budget()))
    for point in POINTS:
        assert any(holds(part, point) for part in parts) is not any(holds(box, point) for box in many)


@settings(max_examples=150, deadline=None)
@given(boxes)
def test_earlier_boxes_that_one_meets(many: list[Box]) -> None:
    for i, mask in enumerate(Crowd(many).earlier()):
        meeting = [j for j in range(i) if any(holds(many[i], p) and holds(many[j], p) for p in POINTS)]
        assert list(members(mask)) == meeting
        for j in meeting:
            common = overlap(many[i], many[j])
            assert all(holds(common, p) is (holds(many[i], p) and holds(many[j], p)) for p in POINTS)


@settings(max_examples=50, deadline=None)
@given(boxes)
def test_boxes_around_a_point(many: list[Box]) -> None:
    crowd = Crowd(many)
    for point in POINTS[::17]:
        assert list(members(crowd.holding(point))) == [i for i, box in enumerate(many) if holds(box, point)]


def test_many_distinct_sides() -> None:
    """More than a block of them: the sums over blocks count."""
    rows: list[Box] = [{0: ((i * 3, i * 3 + 2),)} for i in range(1_000)] + [{0: ((600, 2_700),)}]
    *disjoint, last = Crowd(rows).earlier()
    assert not any(disjoint)
    assert list(members(last)) == list(range(200, 901))
    assert list(uncovered(rows, {0: ((0, 3_001),)}, Budget())) == [{0: ((3_000, 3_001),)}]


def test_it_gives_up_rather_than_hang() -> None:
    many: list[Box] = [{c: ((i % 61 * (c + 1) % 59, 60),) for c in range(8)} for i in range(2_000)]
    space = dict.fromkeys(range(8), ((0, 60),))
    with pytest.raises(TooMuch):
        list(uncovered(many, space, Budget(10_000)))


def test_segments() -> None:
    assert joined([(5, 6), (1, 2), (3, 3), (9, 9)]) == ((1, 3), (5, 6), (9, 9))
    assert met(((0, 4), (6, 9)), ((3, 7),)) == ((3, 4), (6, 7))
