from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from service.domain.record import maker, record


@record
class Pair:
    left: int
    right: int = 2


def test_a_record_is_a_frozen_dataclass_with_slots() -> None:
    pair = Pair(left=1)
    assert is_dataclass(pair)
    assert [field.name for field in fields(Pair)] == ["left", "right"]
    assert (pair.left, pair.right) == (1, 2)
    assert not hasattr(pair, "__dict__")
    with pytest.raises(FrozenInstanceError):
        pair.left = 3  # type: ignore[misc]


def test_equality_hash_and_replace() -> None:
    assert replace(Pair(left=1), right=5) == Pair(left=1, right=5)
    assert len({Pair(left=1), Pair(left=1), Pair(left=2)}) == 2
    assert repr(Pair(left=1)) == "Pair(left=1, right=2)"


@pytest.mark.parametrize("wrong", [{}, {"left": 1, "middle": 2}])
def test_fields_are_given_by_name_and_none_is_forgotten(wrong: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Pair(**wrong)
    with pytest.raises(TypeError):
        Pair(1)  # type: ignore[call-arg]


def test_a_maker_makes_what_the_class_makes() -> None:
    make = maker(Pair)
    made = make(left=1)
    assert (type(made), made, hash(made)) == (Pair, Pair(left=1), hash(Pair(left=1)))
    assert make(left=1, right=5) == Pair(left=1, right=5)
    with pytest.raises(FrozenInstanceError):
        made.left = 3  # type: ignore[misc]


@pytest.mark.parametrize("wrong", [{}, {"left": 1, "middle": 2}])
def test_a_maker_forgets_no_field_either(wrong: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        maker(Pair)(**wrong)
