"""Text to an untyped tree: tokens, precedence, places of faults. Knows neither facts nor units.

The grammar is a subset of CEL. A fault never ends the reading: a `broken` tree stands in for what is missing, so
that the checker still sees the rest and all findings come at once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 4_000
DEEPEST = 50
MOST_NODES = 500


class Problem(NamedTuple):
    """A finding without its file: `span` in code points of the source."""

    code: str
    message: str
    span: tuple[int, int]
    suggestion: str = ""


class Syntax(NamedTuple):
    """`kind`: number, text, bool, name, call, list, not, negative, and, or, compare, in, +, -, *, if, broken.

    `value`: the text of a number, text or name, the called function, the comparison.
    """

    kind: str
    value: str
    args: tuple[Syntax, ...]
    span: tuple[int, int]
    depth: int = 1


class _Token(NamedTuple):
    kind: str
    text: str
    span: tuple[int, int]


_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<name>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.]))
    | (?P<text>'[^'\\\r\n]*'|"[^"\\\r\n]*")
    | (?P<comment>//[^\r\n]*)
    | (?P<sign>&&|\|\||[=!<>]=|[-+*/%?:()\[\],<>!&|=])
    | (?P<bad_number>[0-9][0-9A-Za-z_.]*)
    | (?P<bad_text>'[^'\r\n]*'?|"[^"\r\n]*"?)
    | (?P<strange>[^ \t\r\n0-9A-Za-z_'"&|=!<>*?:()\[\],+\-/%]+)
    )""",
    re.VERBOSE,
)
_KEYWORDS = {"true": "bool", "false": "bool", "in": "sign", "and": "sign", "or": "sign", "not": "sign"}
_MEANT = {"&": "&&", "|": "||", "=": "==", "and": "&&", "or": "||", "not": "!"}
_WELL_FORMED = {"name", "number", "text", "bool"}
_RELATIONS = {"==", "!=", "<", "<=", ">", ">=", "in"}
_POWER = {"?": 1, "||": 2, "&&": 3, **dict.fromkeys(_RELATIONS, 4), "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_UNARY = 7
_DIVISION = {
    "/": ("no bare division: its rounding must be named", "div_up(x, k), div_down(x, k) or div_round(x, k)"),
    "%": ("`%` is no operator; a percent is written as a plain number", "percent(x, 15) is 15 % of x"),
}


def _tokens(source: str, problems: list[Problem]) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(source):
        kind, group = match.lastgroup, match.lastindex
        assert kind is not None, match
        assert group is not None, match
        text, span = match[group], match.span(group)
        if kind == "name":
            kind = _KEYWORDS.get(text, kind)
        if kind == "sign":
            if meant := _MEANT.get(text):
                problems.append(Problem("syntax-error", f"`{text}` is no operator", span, f"use `{meant}`"))
                text = meant
        elif kind not in _WELL_FORMED:
            problems.append(_lexical(kind, text, span))
            if kind in ("comment", "strange"):
                continue
            kind = "broken"
        tokens.append(_Token(kind, text, span))
    tokens.append(_Token("end", "end of the expression", (len(source), len(source))))
    return tokens


def _lexical(kind: str, text: str, span: tuple[int, int]) -> Problem:
    match kind:
        case "comment":
            return Problem("syntax-error", "comments don't belong in an expression", span, "use a YAML comment: #")
        case "bad_number":
            return Problem("syntax-error", f"{text!r} is no number", span, "digits, at most one point: 1250 or 12.50")
        case "bad_text" if "\\" in text:
            return Problem("syntax-error", "no backslashes in text", span, "write the text in the other quotes")
        case "bad_text":
            return Problem("syntax-error", "the text's closing quote is missing", span, f"close it with {text[0]}")
    return Problem("syntax-error", f"unexpected {ascii(text) if not text.isprintable() else repr(text)}", span)


class _TooDeep(Exception):
    def __init__(self, span: tuple[int, int]) -> None:
        self.span = span
        super().__init__(span)


class _Parser:
    def __init__(self, source: str) -> None:
        self.problems: list[Problem] = []
        self.tokens = _tokens(source, self.problems)
        self.at = 0
        self.nesting = 0
        self.nodes = 0
        self.faulty = -1

    def whole(self) -> Syntax:
        tree = self.expression(0)
        if (token := self.tokens[self.at]).kind != "end":
            self.fault(f"unexpected `{token.text}` after the expression", token)
        return tree

    def fault(self, message: str, token: _Token, suggestion: str = "") -> None:
        """One fault a token: what follows from the first is noise."""
        if self.faulty != token.span[0]:
            self.faulty = token.span[0]
            self.problems.append(Problem("syntax-error", message, token.span, suggestion))

    def node(self, kind: str, value: str, args: tuple[Syntax, ...], span: tuple[int, int]) -> Syntax:
        self.nodes += 1
        depth = 1
        for arg in args:
            if arg.depth >= depth:
                depth = arg.depth + 1
        if kind == "call" and len(args) > 2:
            depth += len(args) - 2  # min(a, b, c) is min(min(a, b), c)
        return Syntax(kind, value, args, span, depth)

    def expect(self, sign: str) -> int:
        """Where the sign ends, or the place where it should have stood."""
        token = self.tokens[self.at]
        if token.text == sign and token.kind == "sign":
            self.at += 1
            return token.span[1]
        found = token.text if token.kind == "end" else f"`{token.text}`"
        self.fault(f"expected `{sign}`, found {found}", token)
        return token.span[0]

    def expression(self, power: int) -> Syntax:
        self.nesting += 1
        if self.nesting > DEEPEST:
            raise _TooDeep(self.tokens[self.at].span)
        left = self.operand()
        while True:
            token = self.tokens[self.at]
            own = _POWER.get(token.text, 0)
            if own <= power or token.kind != "sign":
                break
            self.at += 1
            left = self.conditional(left) if own == 1 else self.binary(left, token, own)
        self.nesting -= 1
        return left

    def conditional(self, condition: Syntax) -> Syntax:
        then = self.expression(1)
        self.expect(":")
        otherwise = self.expression(0)
        return self.node("if", "", (condition, then, otherwise), (condition.span[0], otherwise.span[1]))

    def binary(self, left: Syntax, token: _Token, power: int) -> Syntax:
        right = self.expression(power)
        sign, span = token.text, (left.span[0], right.span[1])
        if sign in ("&&", "||"):
            kind = "and" if sign == "&&" else "or"
            args: tuple[Syntax, ...] = ()
            for side in (left, right):
                args += side.args if side.kind == kind else (side,)
                self.nodes -= side.kind == kind
            return self.node(kind, "", args, span)
        if sign in _RELATIONS:
            if (chained := self.tokens[self.at]).text in _RELATIONS and chained.kind == "sign":
                hint = "join two comparisons with &&, or put one in parentheses"
                self.fault(f"comparisons can't be chained: `{sign}` then `{chained.text}`", chained, hint)
                return self.node("broken", "", (left, right), span)
            kind, value = ("in", "") if sign == "in" else ("compare", sign)
            return self.node(kind, value, (left, right), span)
        if sign in _DIVISION:
            message, suggestion = _DIVISION[sign]
            self.problems.append(Problem("bare-division", message, token.span, suggestion))
            return self.node("broken", "", (left, right), span)
        return self.node(sign, "", (left, right), span)

    def operand(self) -> Syntax:
        token = self.tokens[self.at]
        kind, text, span = token
        if kind in ("number", "bool", "broken"):
            self.at += 1
            return self.node(kind, text, (), span)
        if kind == "name":
            self.at += 1
            return self.call(token) if self.tokens[self.at].text == "(" else self.node("name", text, (), span)
        if kind == "text":
            self.at += 1
            return self.node("text", text[1:-1], (), span)
        if kind == "sign" and text in ("!", "-", "(", "["):
            self.at += 1
            return self.prefixed(token)
        found = text if kind == "end" else f"`{text}`"
        self.fault(f"expected a value, found {found}", token)
        return self.node("broken", "", (), span)

    def prefixed(self, token: _Token) -> Syntax:
        start = token.span[0]
        if token.text == "(":
            inner = self.expression(0)
            return inner._replace(span=(start, self.expect(")")))
        if token.text == "[":
            items = self.items("]")
            return self.node("list", "", items, (start, self.expect("]")))
        inner = self.expression(_UNARY)
        return self.node("not" if token.text == "!" else "negative", "", (inner,), (start, inner.span[1]))

    def call(self, name: _Token) -> Syntax:
        self.at += 1
        args = self.items(")")
        return self.node("call", name.text, args, (name.span[0], self.expect(")")))

    def items(self, closing: str) -> tuple[Syntax, ...]:
        items: list[Syntax] = []
        if self.tokens[self.at].text == closing:
            return ()
        while True:
            items.append(self.expression(0))
            if self.tokens[self.at].text != ",":
                return tuple(items)
            self.at += 1


def parse(source: str) -> tuple[Syntax | None, list[Problem]]:
    """The tree and what is wrong with the text. No tree: the text is too long, too deep or too big to go on with."""
    if len(source) > LONGEST:
        message = f"{len(source):,} characters; an expression has at most {LONGEST:,}"
        return None, [Problem("too-long", message, (0, 1), "split it with a derived fact")]
    parser = _Parser(source)
    try:
        tree = parser.whole()
    except _TooDeep as deep:
        return None, [*parser.problems, _too_deep(deep.span)]
    if parser.nodes > MOST_NODES:
        message = f"{parser.nodes:,} parts; an expression has at most {MOST_NODES}"
        parser.problems.append(Problem("too-many-nodes", message, tree.span, "split it with a derived fact"))
        return None, parser.problems
    if tree.depth > DEEPEST:
        return None, [*parser.problems, _too_deep(tree.span)]
    return tree, parser.problems


def _too_deep(span: tuple[int, int]) -> Problem:
    return Problem("too-deep", f"nested more than {DEEPEST} deep", span, "split it with a derived fact")
