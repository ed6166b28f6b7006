"""How a value is written in YAML: plain where nothing could read it otherwise, quoted, or folded over several lines.

What is written reads back as the same value, blanks inside it included: they are part of a book's version.
"""

from __future__ import annotations

import re
from itertools import pairwise

import yaml

from service.authoring.parts import Scalar

_PLAIN_START = re.compile(r"[^\W\d]|\(")
_PLAIN_KEY = re.compile(r"(?:[^\W\d]|[0-9]{4}-[0-9]{2}-[0-9]{2}\Z)[\w.\- ]*(?<! )\Z")
_NOT_PLAIN = re.compile(r": | #|:\Z|\A | \Z")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}?:]")
_TYPED_ELSEWHERE = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)\Z")
"""Words that one YAML reader or another takes for something else than text."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def inline(value: Scalar, flow: bool) -> str:
    """On one line. `flow`: inside brackets, where more signs have a meaning."""
    if not isinstance(value, str):
        return "null" if value is None else str(value).lower()
    plain = (
        _PLAIN_START.match(value)
        and not _NOT_PLAIN.search(value)
        and not _TYPED_ELSEWHERE.match(value)
        and value.isprintable()
        and not (flow and _NOT_IN_FLOW.search(value))
    )
    return value if plain else _quoted(value)


def key(name: str) -> str:
    return name if _PLAIN_KEY.match(name) and not _TYPED_ELSEWHERE.match(name) else _quoted(name)


def _quoted(value: str) -> str:
    if value.isprintable() and ('"' in value or "\\" in value) and "'" not in value:
        return f"'{value}'"
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def folded(value: str, width: int, expression: bool) -> list[str] | None:
    """The sign of a folded block and its lines without their indentation; None where it can't be written so."""
    body = value.removesuffix("\n")
    if not body or body[0] in " \n" or body.endswith((" ", "\n")) or not body.replace("\n", "").isprintable():
        return None
    wrapped = _terms if expression else _words
    lines = [">-" if body == value else ">"]
    runs = re.split(r"(\n+)", body)
    for number in range(0, len(runs), 2):
        text = runs[number]
        lines += [text] if text.startswith(" ") else wrapped(text, width)
        if number + 1 < len(runs):
            # A line end between two lines that both begin at the left is written as an empty line.
            spaced = text.startswith(" ") or runs[number + 2].startswith(" ")
            lines += [""] * (len(runs[number + 1]) - spaced)
    return lines if _reads_back(lines, value) else None


def _reads_back(lines: list[str], value: str) -> bool:
    text = f"- {lines[0]}\n" + "".join(f"  {line}\n" if line else "\n" for line in lines[1:])
    try:
        node = yaml.compose(text, Loader=yaml.CLoader)
    except yaml.YAMLError:
        return False
    return isinstance(node, yaml.SequenceNode) and bool(node.value[0].value == value)


def _words(text: str, width: int) -> list[str]:
    """Filled lines, broken at single blanks only: a fold reads back as one."""
    lines: list[str] = []
    for word in re.split(r"(?<! ) (?! )", text):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _terms(text: str, width: int) -> list[str]:
    """A condition too long for one line has each clause on its own line, a sum each term; inner ones only if need be.

    The operator begins the line.
    """
    breaks = _breaks(text) if len(text) > width else []
    if not breaks:
        return [text] if len(text) <= width else _words(text, width)
    weakest = min(rank for rank, _ in breaks)
    at = [number for rank, number in breaks if rank == weakest]
    return [line for start, end in pairwise([-1, *at, len(text)]) for line in _terms(text[start + 1 : end], width)]


_OPERATOR = re.compile(
    r"""(?P<text>'[^']*'|"[^"]*")|(?P<open>[(\[])|(?P<close>[)\]])|(?<! ) (?P<sign>&&|\|\||[?:+-])(?= )"""
)
_RANKS = {"||": 0, "&&": 0, "?": 1, ":": 1, "+": 2, "-": 2}


def _breaks(text: str) -> list[tuple[tuple[int, int], int]]:
    """The blanks before operators: (brackets around them, how loosely they bind), where."""
    breaks = []
    depth = 0
    for found in _OPERATOR.finditer(text):
        depth += (found["open"] is not None) - (found["close"] is not None)
        if found["sign"] and found.start():
            breaks.append(((depth, _RANKS[found["sign"]]), found.start()))
    return breaks
