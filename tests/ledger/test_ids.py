"""Ids of decisions: UUIDs of version 7, in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.ledger import new_decision_id


def test_the_layout_is_that_of_rfc_9562():
    # The RFC's own example (appendix A.6): this moment is 0x017F22E279B0 milliseconds.
    moment = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    made = UUID(new_decision_id(moment))
    assert str(made).startswith("017f22e2-79b0-7")
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_later_ids_sort_later():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [new_decision_id(start + timedelta(milliseconds=n)) for n in range(1000)]
    assert ids == sorted(ids)


def test_ids_of_one_moment_differ():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({new_decision_id(moment) for _ in range(1000)}) == 1000
