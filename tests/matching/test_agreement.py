"""The engine, the compiled second opinion and the tree walker agree on random programs, at every edge."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.matching.runtime import Runtime
from service.matching.spread import EngineLimit
from tests.matching.programs import Draw, expected


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_reader_gives_the_same_values_and_fires_the_same_rules(seed: int) -> None:
    draw = Draw(seed)
    program = draw.program(rules=12)
    try:
        runtime = Runtime(program)
    except EngineLimit:
        return  # Random trees may nest more alternatives than a person would; their limits have tests of their own.
    for _ in range(20):
        facts = draw.facts()
        matched = runtime.decide(facts)
        values, fired = expected(program, facts)
        assert matched.disagreement is None
        assert {rule.id for rule in matched.fired} == fired
        assert {name: matched.env[name] for name in values} == values
        assert runtime.outlook(facts) == matched.env
    runtime.close()
