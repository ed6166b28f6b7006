"""An explanation laid out for a terminal. Words nothing: every text comes with the explanation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.authoring.explanation import Explanation
from service.authoring.words import Clause

MOST = 40
"""Lines of one section; a table of ten thousand rows is told in full as JSON."""


def print_explanation(console: Console, told: Explanation) -> None:
    title = Text(told.name, style="bold")
    title.append(f"  {told.kind}", style="cyan")
    if told.practice and told.kind != "practice":
        title.append(f"  {told.practice}", style="cyan")
    title.append(f"  {told.place}" if told.place else "", style="dim")
    console.print(title)
    console.print(Padding(Text(told.meaning), (0, 0, 0, 2), expand=False))
    _section(console, "", told.about)
    if told.condition is not None:
        head = {"guardrail": "Must hold", "rule": "Applies when", "row of a table": "Applies when"}
        _lines(console, head.get(told.kind, "Is yes when" if told.kind != "option" else "Offered when"),
               _clauses(told.condition))  # fmt: skip
    if told.written and told.written != "true":
        _lines(console, "As written", [told.written])
    _lines(console, "Rows" if told.kind == "decision table" else "Then", told.effects)
    _section(console, "History", ((f"{dated.since}  {dated.value}", dated.state) for dated in reversed(told.history)))
    encoded = told.kind == "practice"
    _section(
        console,
        "Parameters" if encoded else "Reads",
        ((f"{k.name}{f' = {k.value}' if k.value else ''}", k.meaning) for k in told.reads),
    )
    _section(
        console,
        "Encoded by" if encoded else "Used by",
        ((f"{use.kind} {use.name}", f"{use.how}{f'  ({use.place})' if use.place else ''}") for use in told.uses),
    )
    _section(console, "Cases", ((case.id, f"{case.why}: {case.worked}") for case in told.cases))


def _clauses(clause: Clause, depth: int = 0) -> Iterator[str]:
    """One a line; what belongs to `all of` and `any of` stands further right."""
    if depth == 0 and clause.text == "all of":
        for part in clause.parts:
            yield from _clauses(part, 1)
        return
    yield f"{'  ' * max(depth - 1, 0)}- {clause.text}{':' if clause.parts else ''}"
    for part in clause.parts:
        yield from _clauses(part, max(depth, 1) + 1)


def _head(console: Console, title: str) -> None:
    console.print()
    if title:
        console.print(Text(title, style="bold"))


def _lines(console: Console, title: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if shown:
        _head(console, title)
        for line in _cut(shown):
            console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))


def _section(console: Console, title: str, pairs: Iterable[tuple[str, str]]) -> None:
    rows = list(pairs)
    if not rows:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold", style="dim" if not title else "")
    table.add_column(overflow="fold")
    for label, text in rows[:MOST]:
        table.add_row(Text(label), Text(text))
    if title:
        _head(console, title)
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
    if len(rows) > MOST:
        console.print(Text(f"  and {len(rows) - MOST} more: see --json", style="dim"))


def _cut(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - MOST
    return [*lines[:MOST], f"and {rest} more: see --json"] if rest > 0 else list(lines)
