"""What `quotewright test` found, for a terminal or as JSON. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from service.cases.coverage import Reach, RuleReach
from service.cases.mutants import KINDS
from service.cases.mutation import Fate, Verdict
from service.cases.running import Result
from service.cases.survivors import Judgement
from service.policy.book import Book
from service.policy.findings import Place


def print_results(console: Console, folder: Path, results: Sequence[Result], whole: bool) -> None:
    """`whole`: also what fits. Without it only the cases that differ are shown."""
    for result in results:
        if whole or not result.passed:
            _case(console, result, whole)
    differ = sum(not result.passed for result in results)
    console.print(
        f"{folder}: {_counted(len(results), 'case')}, {len(results) - differ} as worked out, {differ} otherwise.",
        style="red" if differ else "green",
        soft_wrap=True,
    )


def _case(console: Console, result: Result, whole: bool) -> None:
    case = result.case
    console.print(f"{case.practice} {case.id} ({case.place})", style="bold", soft_wrap=True)
    console.print(f"  worked out: {case.worked}", style="dim", soft_wrap=True)
    for refused in result.refused:
        console.print(f"  {refused}", style="red", soft_wrap=True)
    parts = [part for part in result.compared if whole or not part.fits]
    if parts:
        rows = (("" if part.fits else "≠", part.at, part.expected, part.actual) for part in parts)
        console.print(_table(console, ("", "at", "expected", "actual"), rows))
    console.print()


def print_coverage(console: Console, reach: Reach) -> None:
    rules, clauses = reach.rules, reach.clauses
    idle = [rule for rule in rules if not rule.decides]
    console.print(f"{len(rules) - len(idle)} of {_counted(len(rules), 'rule')} decide a case.", style="bold")
    if idle:
        console.print("Never decisive: without the rule every case is decided the same, reasons apart.")
        idle_rows = ((one.rule.id, _place(one.rule.place), _fires(one)) for one in idle)
        console.print(_table(console, ("rule", "place", "fires in"), idle_rows))
    both = sum(bool(clause.true and clause.false) for clause in clauses)
    tip = sum(bool(clause.tips) for clause in clauses)
    console.print(
        f"{both} of {_counted(len(clauses), 'clause')} seen true and seen false; {tip} tip their condition alone.",
        style="bold",
        soft_wrap=True,
    )
    lacking = [clause for clause in clauses if not (clause.true and clause.false and clause.tips)]
    if lacking:
        rows = (
            (clause.subject, clause.clause, str(clause.true), str(clause.false), str(clause.tips)) for clause in lacking
        )
        console.print(_table(console, ("rule or name", "clause", "true in", "false in", "tips alone in"), rows))


def print_judgement(console: Console, judged: Judgement) -> None:
    console.print(_by_kind(console, judged.verdicts))
    refused = len(judged.verdicts) - judged.counted
    share = f"{_percent(judged.noticed, judged.counted)} of {_counted(judged.counted, 'change')} noticed"
    console.print(
        f"{share}; {len(judged.explained)} of the rest explained, {len(judged.unexplained)} not"
        + (f"; {refused} more that the loader would refuse aren't counted." if refused else "."),
        style="bold",
        soft_wrap=True,
    )
    if judged.unexplained:
        console.print("No case notices:")
        for verdict in judged.unexplained:
            console.print(f"  {verdict.mutant.place}: {verdict.mutant.id}", soft_wrap=True)
    for survivor in judged.stale:
        text = f"{survivor.place}: stale-survivor: a case notices this, or the book has no such change: {survivor.id}"
        console.print(text, style="red", soft_wrap=True)


def report_json(book: Book, results: Sequence[Result], reach: Reach | None, judged: Judgement | None) -> bytes:
    answer: dict[str, Any] = {
        "book": book.name,
        "version": book.version,
        "cases": [_result(result) for result in results],
    }
    if reach:
        answer["coverage"] = {
            "rules": [{"rule": r.rule.id, "fires_in": r.fired_in, "decides": r.decides or None} for r in reach.rules],
            "clauses": [
                {"subject": c.subject, "clause": c.clause, "true": c.true, "false": c.false, "tips": c.tips}
                for c in reach.clauses
            ],
        }
    if judged:
        answer["mutation"] = {
            "counted": judged.counted,
            "noticed": judged.noticed,
            "survived": [
                *({**_mutant(verdict), "reason": None} for verdict in judged.unexplained),
                *({**_mutant(verdict), "reason": reason} for verdict, reason in judged.explained),
            ],
            "stale": [{"place": str(survivor.place), "id": survivor.id} for survivor in judged.stale],
        }
    return orjson.dumps(answer)


def _result(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "practice": case.practice,
        "place": str(case.place),
        "passed": result.passed,
        "refused": result.refused,
        "compared": [
            {"at": part.at, "expected": part.expected, "actual": part.actual, "fits": part.fits}
            for part in result.compared
        ],
    }


def _mutant(verdict: Verdict) -> dict[str, Any]:
    mutant = verdict.mutant
    return {"id": mutant.id, "kind": mutant.kind, "subject": mutant.subject, "place": str(mutant.place)}


def _by_kind(console: Console, verdicts: Iterable[Verdict]) -> Table:
    counts = {kind: dict.fromkeys(Fate, 0) for kind in KINDS}
    for verdict in verdicts:
        counts[verdict.mutant.kind][verdict.fate] += 1
    rows = (
        (kind, str(fates[Fate.NOTICED]), str(fates[Fate.SURVIVED]), str(fates[Fate.REFUSED]))
        for kind, fates in counts.items()
        if any(fates.values())
    )
    return _table(console, ("change of", "noticed", "survived", "refused"), rows)


def _table(console: Console, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Without lines where nobody looks at a terminal, so that it can be searched and cut."""
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _fires(reach: RuleReach) -> str:
    return _counted(reach.fired_in, "case") if reach.fired_in else "no case"


def _place(place: Place) -> str:
    return f"{place.file}:{place.line}"


def _percent(part: int, whole: int) -> str:
    """In tenths, rounded down: 949 of 1,000 is no 95 %."""
    tenths = part * 1000 // whole if whole else 1000
    return f"{tenths // 10}.{tenths % 10} %"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
