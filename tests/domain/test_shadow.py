"""Which decisions a shadow tries, and which rules its report names first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.domain.shadow import RuleCount, Run, top_rules
from service.ledger import new_decision_id

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def run(share: int) -> Run:
    return Run(id="r", book="agency", version="v", started_at=NOON, started_by="u", note="", share=share)


@pytest.mark.parametrize(
    ("share", "end", "tried"),
    [
        (10_000, "ffffffff", True),
        (10_000, "00000000", True),
        (5_000, "7fffffff", True),
        (5_000, "80000000", False),
        (1, "00068db8", True),  # 2^32 / 10,000 is 429,496.7: 0x68db8
        (1, "00068db9", False),
    ],
)
def test_a_share_is_told_by_the_end_of_the_id(share: int, end: str, tried: bool) -> None:
    assert run(share).tries(f"01a214cb-3e04-75aa-817b-85a9{end}") is tried


def test_about_a_tenth_of_real_ids_are_tried() -> None:
    tried = sum(run(1_000).tries(new_decision_id(NOON)) for _ in range(5_000))
    assert 350 < tried < 650  # eight standard deviations either way


def test_rules_come_by_how_often_they_made_a_difference() -> None:
    told = top_rules({"a": 2, "b": 5}, {"a": 4, "c": 5}, most=2)
    assert told == (RuleCount("a", 2, 4), RuleCount("b", 5, 0))
