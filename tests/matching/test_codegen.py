"""What literals settle is left out of compiled expressions, and nothing else is."""

from random import Random
from typing import Any

import pytest

from service.domain.facts import BOOL, COUNT, MONEY
from service.domain.money import Rounding
from service.matching.codegen import Module, PythonLines, Term
from service.policy.values import ValueAlgebra

FACTS = {"a": -7, "b": 0, "c": 12, "d": 10_001}


def written(code: PythonLines, term: Term) -> int:
    module = Module("test")
    module.function("value", "a, b, c, d, yes, no", [*code.lines, f"return {term.text}"])
    value: int = module.build()("value")(**FACTS, yes=True, no=False)
    return value


def drawn(random: Random, code: PythonLines, values: ValueAlgebra, depth: int) -> tuple[Term, int]:
    """One number twice: as text and as a value."""
    if depth == 0:
        if random.random() < 0.4:
            name = random.choice(tuple(FACTS))
            return Term(name), FACTS[name]
        number = random.choice((-3, -1, 0, 1, 2, 50))
        return code.lit(number, COUNT), number
    (a, x), (b, y) = (drawn(random, code, values, depth - 1) for _ in range(2))
    both: Any
    match random.choice(("add", "sub", "mul", "min", "max", "if", "div")):
        case "if":
            flag = random.choice((True, False))
            condition = random.choice((Term("yes" if flag else "no"), code.lit(flag, BOOL)))
            return code.if_(condition, a, b), values.if_(flag, x, y)
        case "div":
            rounding = random.choice(tuple(Rounding))
            return code.div(a, 7, rounding), values.div(x, 7, rounding)
        case operation:
            both = [getattr(algebra, operation) for algebra in (code, values)]
            return both[0](a, b), both[1](x, y)


@pytest.mark.parametrize("seed", range(400))
def test_text_and_value_agree_and_keep_to_the_ends(seed: int) -> None:
    code = PythonLines()
    term, value = drawn(Random(seed), code, ValueAlgebra(), 4)
    assert written(code, term) == value
    assert term.low is None or term.low <= value
    assert term.high is None or term.high >= value


def test_a_clip_that_no_value_can_need_is_left_out() -> None:
    code = PythonLines()
    given = code.if_(Term("yes"), code.lit(10, MONEY), code.lit(0, MONEY))
    clipped = code.min(code.max(given, code.lit(0, MONEY)), code.lit(50, MONEY))
    assert clipped == given
    assert code.lines == []


def test_a_clip_that_a_value_can_need_stays() -> None:
    code = PythonLines()
    given = code.if_(Term("yes"), code.lit(60, MONEY), code.lit(0, MONEY))
    assert written(code, code.min(given, code.lit(50, MONEY))) == 50
