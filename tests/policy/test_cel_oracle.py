"""Google's own CEL as oracle: on the shared subset, the same text gives the same answer.

Left out: percent, div and min/max (not CEL's), has() (CEL's is about message fields), units.
"""

from typing import Any

import cel_expr_python.cel as google
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import BOOL, COUNT, Type
from service.policy.values import evaluate_node
from tests.policy.sample_scope import CATEGORY, typed
from tests.policy.sources import COUNT_TEXTS, SHARED_WITH_CEL

ENV = google.NewEnv(
    variables={
        "client.category": google.Type.STRING,
        "client.orders": google.Type.INT,
        "client.scenes": google.Type.INT,
        "client.trusted": google.Type.BOOL,
        "deal.asked": google.Type.BOOL,
    }
)
FACTS = st.fixed_dictionaries(
    {
        "client.category": st.sampled_from(CATEGORY.values),
        "client.orders": st.integers(0, 9),
        "client.scenes": st.integers(0, 9),
        "client.trusted": st.booleans(),
        "deal.asked": st.booleans(),
    }
)


def agree(source: str, type: Type, facts: dict[str, Any]) -> None:
    theirs = ENV.compile(source).eval(data=facts)
    ours = evaluate_node(typed(source, type), facts)
    assert theirs.plain_value() == ours, (source, facts)
    assert isinstance(ours, bool) is (type == BOOL)


@given(SHARED_WITH_CEL, FACTS)
def test_conditions(source: str, facts: dict[str, Any]) -> None:
    agree(source, BOOL, facts)


@given(COUNT_TEXTS, FACTS)
def test_numbers(source: str, facts: dict[str, Any]) -> None:
    agree(source, COUNT, facts)


def test_the_oracle_can_tell() -> None:
    facts = {"client.orders": 2, "client.scenes": 3, "client.trusted": True, "deal.asked": False}
    assert ENV.compile("client.orders - client.scenes - 1").eval(data=facts).plain_value() == -2
    assert ENV.compile("client.trusted || deal.asked && false").eval(data=facts).plain_value() is True
