"""`quotewright test`: a book's cases beside its policy, what they reach of it, and which changes they would notice."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from service.cases.coverage import Reach, clause_reach, rule_reach
from service.cases.mutants import mutants
from service.cases.mutation import Jury, Verdict, verdicts
from service.cases.running import Posed, pose, run_cases
from service.cases.survivors import Judgement, judgement
from service.cli.books import OpenBook, open_book
from service.cli.case_report import print_coverage, print_judgement, print_results, report_json
from service.cli.refusals import REFUSED, Refusal
from service.policy.book import Book
from service.policy.cases import Case, load_cases, load_survivors
from service.policy.unit_rules import nearest

EPILOG = """
\b
Examples:
  quotewright test policies/agency
  quotewright test policies/agency --case budget-of-a-third
  quotewright test policies/agency --coverage
  quotewright test policies/agency --mutate --json | jq .mutation.survived

\b
Exit codes: 0 all as worked out; 1 a case differs, or a change went unnoticed and unexplained; 2 wrong usage.
"""

PLAIN_WIDTH = 160
"""Where nobody looks at a terminal, rows should stay whole for `grep`."""


@click.command("test", epilog=EPILOG)
@click.argument("folder", metavar="BOOK", type=click.Path(path_type=Path))
@click.option("--case", "only", metavar="ID", help="Run this case alone and show all that it expects.")
@click.option(
    "--coverage", is_flag=True, help="Tell which rules decide no case, and which clauses none shows both ways."
)
@click.option("--mutate", is_flag=True, help="Change the book in one place after another; list what no case notices.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def test(folder: Path, only: str | None, coverage: bool, mutate: bool, as_json: bool) -> None:
    """Run the cases of the policy book in the folder BOOK and compare each with what was worked out by hand.

    docs/cases.md explains how cases are written and what the figures mean.
    """
    if only and (coverage or mutate):
        raise click.UsageError("--case shows one case; --coverage and --mutate ask all of them.")
    now = datetime.now(UTC)
    book = open_book(folder, now.date())
    cases = _chosen(load_cases(book.files), folder, only)
    results = run_cases(book.policy, book.checks, cases, now)
    failed = not all(result.passed for result in results)
    loaded = book.policy.book
    # What a case reaches says nothing where it isn't decided as it should be.
    posed = [pose(result.case, book.checks, now) for result in results if result.passed]
    reach = _reach(loaded, posed) if coverage else None
    judged = _judged(book, posed) if mutate else None
    if as_json:
        click.echo(report_json(loaded, results, reach, judged))
    else:
        width = None if sys.stdout.isatty() else PLAIN_WIDTH
        console = Console(highlight=False, markup=False, emoji=False, width=width)
        print_results(console, folder, results, whole=only is not None)
        if reach:
            print_coverage(console, reach)
        if judged:
            print_judgement(console, judged)
    if failed or (judged and not judged.accounted_for):
        raise SystemExit(REFUSED)


def _chosen(cases: tuple[Case, ...], folder: Path, only: str | None) -> tuple[Case, ...]:
    if only is None:
        return cases
    chosen = tuple(case for case in cases if case.id == only)
    if not chosen:
        hint = nearest(only, [case.id for case in cases])
        raise Refusal(f"{folder} has no case '{only}'{f' ({hint})' if hint else ''}.")
    return chosen


def _reach(book: Book, posed: Sequence[Posed]) -> Reach:
    with _progress() as progress:
        task = progress.add_task("rules", total=len(book.rules))
        rules = rule_reach(book, posed, lambda: progress.update(task, advance=1, refresh=True))
    return Reach(rules, clause_reach(book, posed))


def _judged(opened: OpenBook, posed: Sequence[Posed]) -> Judgement:
    explained = load_survivors(opened.files)
    book = opened.policy.book
    found = mutants(book)
    with _progress() as progress:
        task = progress.add_task("changes", total=len(found))
        jury = Jury(book, posed)

        def fell(verdict: Verdict) -> None:
            progress.update(task, advance=1, refresh=True)

        told = verdicts(jury, found, fell, os.cpu_count() or 1)
    return judgement(told, explained)


def _progress() -> Progress:
    """On standard error, only where somebody watches; without a thread, since processes are forked beside it."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, auto_refresh=False, disable=not console.is_terminal)
