"""The documented schema of a decision and the bytes that are answered are one shape."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson
from hypothesis import given
from hypothesis import strategies as st

from schemas.decision import DecisionSchema, dump_decision, read_decision
from service.domain.decision import Decision, Effect
from tests.agency.shipped import AGENCY
from tests.governance.decided import recorded

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    date: st.dates(),
    datetime: st.datetimes(
        datetime(1000, 1, 1), datetime(9999, 12, 30),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))]),
    ),
}  # fmt: skip


def anything(hint: Any) -> st.SearchStrategy[Any]:
    if hint in SCALARS:
        return SCALARS[hint]
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of([st.none() if arg is type(None) else anything(arg) for arg in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(anything(get_args(hint)[0]), max_size=2).map(tuple)
    assert is_dataclass(hint)
    hints = get_type_hints(hint)
    return st.builds(hint, **{field.name: anything(hints[field.name]) for field in fields(hint)})


@given(decision=anything(Decision))
def test_the_schema_dumps_what_is_answered(decision: Decision) -> None:
    answered = orjson.loads(dump_decision(decision))
    assert DecisionSchema().dump(decision) == answered
    assert list(answered) == [field.name for field in fields(Decision)]


@given(decision=anything(Decision))
def test_what_is_laid_out_first_gives_the_bytes_that_the_record_itself_gives(decision: Decision) -> None:
    assert dump_decision(decision) == orjson.dumps(decision)


def test_values_keep_their_type() -> None:
    effects = [Effect(slot="a", value=value) for value in (True, 1, "x")]
    assert orjson.dumps(effects) == b'[{"slot":"a","value":true},{"slot":"a","value":1},{"slot":"a","value":"x"}]'


@given(decision=anything(Decision))
def test_what_was_written_is_read_back(decision: Decision) -> None:
    assert read_decision(dump_decision(decision)) == decision


def test_what_an_older_version_of_the_code_wrote_is_read_without_the_fields_that_came_since() -> None:
    told = orjson.loads(recorded(AGENCY.policy).answer)
    del told["advice"], told["to_client"], told["price"]["fixed"]
    decision = read_decision(orjson.dumps(told))
    assert (decision.advice, decision.to_client) == ((), None)
    assert decision.price is not None
    assert (decision.price.target, decision.price.fixed) == (300_000, None)
