"""Markdown as the reference needs it: tables and code in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = (
    "<!-- Written by `quotewright reference`. To change it, change what it is written from and run that again. -->"
)


def page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", GENERATED, *parts)) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell for cell in line)} |" for line in lines)


def code(text: str) -> str:
    """For a cell: a bar would end it, a backtick the code."""
    ticks, space = ("``", " ") if "`" in text else ("`", "")
    return f"{ticks}{space}{text.replace('|', chr(92) + '|')}{space}{ticks}"
