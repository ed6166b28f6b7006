"""Overrides and outcomes laid out for a terminal. Decides and computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from service.domain.afterwards import Change, Override, RecordedEnding
from service.domain.facts import DAYS, PERCENT
from service.domain.money import text as money
from service.domain.units import value_text

_INDENT = (0, 0, 0, 2)


def print_overrides(console: Console, overrides: Sequence[Override], currency: str, names: Mapping[str, str]) -> None:
    """The oldest first; nothing where there is none. `names`: of people, by their ids."""
    for override in overrides:
        counts = "" if override is overrides[-1] else ", no longer counts"
        _title(console, f"Overridden by {names.get(override.by, override.by)} ({override.role}){counts}")
        when = override.overridden_at.isoformat(" ", "minutes")
        note = "(the note is no longer kept)" if override.note is None else override.note
        console.print(Padding(Text(f"{when}  {override.reason}: {note}"), _INDENT, expand=False))
        for change in override.changes:
            name, old, new = _shown(change, currency)
            console.print(Padding(Text(f"{name}: {old} → {new}"), _INDENT, expand=False))
        for breach in override.breaches:
            line = Text(f"{breach.guardrail} ({breach.practice or 'the service itself'}): {breach.why}", style="red")
            console.print(Padding(line, _INDENT, expand=False))


def print_endings(console: Console, endings: Sequence[RecordedEnding], currency: str, names: Mapping[str, str]) -> None:
    """The oldest first; nothing where nobody told. `names`: of people, by their ids."""
    for ending in endings:
        corrected = "" if ending is endings[-1] else " (corrected)"
        _title(console, f"Outcome: {ending.result}{corrected}")
        amount = "" if ending.final_amount is None else f", {money(ending.final_amount, currency)}"
        told = f"{ending.happened_on}{amount}, told by {names.get(ending.by, ending.by)}"
        console.print(Padding(Text(told), _INDENT, expand=False))
        if ending.why:
            console.print(Padding(Text(ending.why), _INDENT, expand=False))


def _title(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _shown(change: Change, currency: str) -> tuple[str, str, str]:
    def text(value: int | str | None) -> str:
        if value is None:
            return "none"
        if change.name == "prepayment":
            return value_text(PERCENT, value, currency)
        if change.name == "credit_days":
            return value_text(DAYS, value, currency)
        return money(value, currency) if isinstance(value, int) else value.replace("_", " ")

    return change.name.replace("_", " "), text(change.old), text(change.new)
