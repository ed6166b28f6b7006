"""Texts to untyped trees: precedence, faults and their places, limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.policy.syntax import Syntax, parse
from tests.policy.sources import SOUP


def shape(tree: Syntax) -> str:
    """The tree fully parenthesised, operator first."""
    if not tree.args:
        return tree.value
    return f"({' '.join([tree.kind + tree.value, *map(shape, tree.args)])})"


def parsed(source: str) -> str:
    tree, problems = parse(source)
    assert not problems
    assert tree is not None
    return shape(tree)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a - b - c", "(- (- a b) c)"),
        ("a + b * c", "(+ a (* b c))"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("a && b || c && d", "(or (and a b) (and c d))"),
        ("a && b && (c && d)", "(and a b c d)"),
        ("!a && b", "(and (not a) b)"),
        ("-a * b", "(* (negative a) b)"),
        ("a < b + 1", "(compare< a (+ b 1))"),
        ("a ? b : c ? d : e", "(if a b (if c d e))"),
        ("a || b ? c : d", "(if (or a b) c d)"),
        ("a in [1, 2]", "(in a (list 1 2))"),
        ("a + 1 in [1]", "(in (+ a 1) (list 1))"),
        ("min(a, b, 3.50)", "(callmin a b 3.50)"),
        ("x.y_1.z == 'it is'", "(compare== x.y_1.z it is)"),
        ("\n a\t==\r\n b ", "(compare== a b)"),
    ],
)
def test_precedence(source: str, tree: str) -> None:
    assert parsed(source) == tree


def test_spans_cover_parentheses_so_that_a_slice_is_text_again() -> None:
    source = "(a + b) * c"
    tree, _ = parse(source)
    assert tree is not None
    assert [source[slice(*part.span)] for part in (tree, *tree.args)] == ["(a + b) * c", "(a + b)", "c"]


@pytest.mark.parametrize(
    ("source", "code", "at", "word"),
    [
        ("", "syntax-error", 0, "expected a value"),
        ("   ", "syntax-error", 3, "expected a value"),
        ("a &&", "syntax-error", 4, "expected a value"),
        ("a && ) ", "syntax-error", 5, "expected a value, found `)`"),
        ("(a", "syntax-error", 2, "expected `)`"),
        ("a ? b", "syntax-error", 5, "expected `:`"),
        ("a ? b ? c : d : e", "syntax-error", 6, "expected `:`"),
        ("a b", "syntax-error", 2, "unexpected `b`"),
        ("a < b < c", "syntax-error", 6, "chained"),
        ("a == b in [1]", "syntax-error", 7, "chained"),
        ("a // why", "syntax-error", 2, "comments"),
        ("a = 1", "syntax-error", 2, "`=`"),
        ("a and b", "syntax-error", 2, "`and`"),
        ("a | b", "syntax-error", 2, "`|`"),
        ("a / 2", "bare-division", 2, "rounding"),
        ("a % 2", "bare-division", 2, "percent"),
        ("a > 1e5", "syntax-error", 4, "'1e5'"),
        ("a > 1_000", "syntax-error", 4, "'1_000'"),
        ("a > .5", "syntax-error", 4, "unexpected '.'"),
        ("a == 'x", "syntax-error", 5, "closing quote"),
        (r"a == 'x\'y'", "syntax-error", 5, "backslash"),
        ("a $ b", "syntax-error", 2, "'$'"),
        ("a\u00a0", "syntax-error", 1, "xa0"),
    ],
)
def test_faults_and_their_places(source: str, code: str, at: int, word: str) -> None:
    _, problems = parse(source)
    first = min(problems, key=lambda problem: problem.span)
    assert (first.code, first.span[0]) == (code, at)
    assert word in first.message


def test_reading_goes_on_after_a_fault() -> None:
    _, problems = parse("a > && b / 2 == 'x")
    assert sorted((problem.span[0], problem.code) for problem in problems) == [
        (4, "syntax-error"),
        (9, "bare-division"),
        (16, "syntax-error"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("a" * 4_001, "too-long"),
        ("(" * 4_000, "too-deep"),
        ("!" * 4_000, "too-deep"),
        ("-" * 4_000, "too-deep"),
        ("[" * 4_000, "too-deep"),
        ("f(" * 2_000, "too-deep"),
        ("a ? b : " * 400 + "c", "too-deep"),
        ("+".join(["a"] * 51), "too-deep"),
        ("max(" + ",".join(["a"] * 51) + ")", "too-deep"),
        ("||".join(["a"] * 500), "too-many-nodes"),
    ],
)
def test_limits_are_findings(source: str, code: str) -> None:
    tree, problems = parse(source)
    assert tree is None
    assert problems[-1].code == code


def test_the_largest_that_is_allowed() -> None:
    assert parse("a" * 4_000)[1] == []
    assert parse("(" * 49 + "a" + ")" * 49)[1] == []
    assert parse("+".join(["a"] * 50))[1] == []
    assert parse("max(" + ",".join(["a"] * 50) + ")")[1] == []
    assert parse("||".join(["a"] * 499))[1] == []


@given(st.text() | SOUP | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_text_crashes_the_parser(source: str) -> None:
    tree, problems = parse(source)
    assert tree is not None or problems
    assert all(0 <= start <= end <= len(source) for _, _, (start, end), _ in problems)
