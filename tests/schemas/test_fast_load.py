"""The straight-line code takes exactly what marshmallow takes, and makes the same of it."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from marshmallow import ValidationError

from schemas.fast_load import NotPlain, loader
from schemas.quote import QuoteRequestSchema
from tests.schemas.test_request import LEAST, MOST

SCHEMA = QuoteRequestSchema()
FAST = loader(SCHEMA)
VALUES: list[Any] = [
    None, 0, 1, -1, 5, 11, 10**12, 10**12 + 1, 2**70, 1.0, True, False, "", " ", "x", "EUR", "vip", "de-at", "a" * 600,
    "a\nb", "\ud800",
    "2026-03-09", "2026-13-01", "2026-03-02T10:00:00Z", [], {}, [1], ["x"], [None], {"a": 1}, {"id": "z"},
]  # fmt: skip


@pytest.mark.parametrize("body", [LEAST, MOST])
def test_right_input_is_taken(body: dict[str, Any]) -> None:
    assert FAST(body) == SCHEMA.load(body)


def parts(value: Any) -> list[Any]:
    """Every object and array in a body."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for each in inner for part in parts(each))] if isinstance(value, (dict, list)) else []


def mutated(chance: random.Random) -> Any:
    body = copy.deepcopy(chance.choice((LEAST, MOST, MOST)))
    for _ in range(chance.choice((1, 1, 2, 3))):
        part = chance.choice(parts(body))
        if isinstance(part, list):
            if part and chance.random() < 0.5:
                part[chance.randrange(len(part))] = copy.deepcopy(chance.choice(VALUES))
            else:
                part.append(copy.deepcopy(chance.choice(VALUES)))
        else:
            name = chance.choice([*part, "zz", "name", "cost", "weight", "low", "orders"])
            if chance.random() < 0.25:
                part.pop(name, None)
            else:
                part[name] = copy.deepcopy(chance.choice(VALUES))
    return body


@pytest.mark.parametrize("seed", range(5))
def test_mutated_input_is_taken_by_both_or_by_neither(seed: int) -> None:
    chance, taken = random.Random(seed), 0
    for _ in range(1_000):
        body = mutated(chance)
        before = copy.deepcopy(body)
        try:
            fast = FAST(body)
        except (NotPlain, ValidationError):
            with pytest.raises(ValidationError):
                SCHEMA.load(body)
        else:
            taken += 1
            assert fast == SCHEMA.load(body)
        assert body == before
    assert 100 < taken < 900
