"""`quotewright check`: is a book sound, did its author mean it, and does it decide its own cases as worked out?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from service.cases.running import run_cases
from service.cli.books import read_files
from service.cli.finding_formats import FORMATS, Checked
from service.cli.refusals import REFUSED
from service.opening import InForce, opened
from service.policy.analysis.checker import STALE_AFTER, Check, check_book
from service.policy.analysis.dates import NEVER
from service.policy.book import Book
from service.policy.cases import load_cases
from service.policy.findings import BookRefused, Finding, Severity

EPILOG = """
\b
Examples:
  quotewright check policies/agency
  quotewright check policies/agency --as-of 2027-01-01 --stale-after 12
  quotewright check policies/agency --format sarif > findings.sarif

\b
Exit codes: 0 no errors, warnings or not; 1 errors; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="BOOK", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="json for scripts; github for annotations of a pull request; sarif for code scanners.")  # fmt: skip
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
              help="Check it as of this day and later ones.  [default: today]")  # fmt: skip
@click.option("--stale-after", type=click.IntRange(min=NEVER), metavar="MONTHS", default=STALE_AFTER,
              show_default=True, help="Warn of numbers whose newest value is so old; 0 for never.")  # fmt: skip
def check(folder: Path, form: str, as_of: datetime | None, stale_after: int) -> None:
    """Check the policy book in the folder BOOK and run its cases.

    Each finding is one line, FILE:LINE:COLUMN: CODE: what is wrong and how to mend it; warnings have `warning:` before
    the code and don't refuse the book. All of them are told at once; docs/errors.md explains the codes.
    """
    now = datetime.now(UTC)
    day = as_of.date() if as_of else now.date()
    files = read_files(folder)
    try:
        in_force = opened(files, day)
    except BookRefused as refused:
        _tell(Checked(folder, "", day, _tool(), refused.findings), form, None)
        return
    book = in_force.policy.book
    findings = sorted({*_cases(files, in_force, now), *check_book(book, files, Check(day, stale_after))})
    _tell(Checked(folder, book.version, day, _tool(), findings), form, _Sound(book, len(load_cases(files))))


class _Sound:
    """What a sound book is summed up to."""

    def __init__(self, book: Book, cases: int) -> None:
        self.book, self.cases = book, cases

    def text(self, folder: Path) -> str:
        book = self.book
        practices = {rule.practice for rule in book.rules} - {""}
        counts = (
            f"{len(book.rules)} rules for {len(practices)} practices in {len(book.stages)} stages",
            f"{len(book.parameters)} parameters",
            f"{len(book.computed)} computed facts and amounts",
            f"{len(book.guardrails)} guardrails",
            f"{len(book.options)} options",
            f"wording in {', '.join(sorted(book.messages))}",
            f"{self.cases} cases decided as worked out",
        )
        return "\n".join(
            (f"{folder}: {book.title} is sound.", f"  version {book.version}", *(f"  {c}" for c in counts))
        )


def _cases(files: Mapping[str, bytes], in_force: InForce, now: datetime) -> list[Finding]:
    results = run_cases(in_force.policy, in_force.checks, load_cases(files), now)
    return [finding for result in results for finding in result.findings()]


def _tell(checked: Checked, form: str, sound: _Sound | None) -> None:
    """Findings are the answer, so they go where an answer goes; ends the command where one is an error."""
    told = FORMATS[form](checked)
    if told:
        click.echo(told)
    errors, warnings = checked.count(Severity.ERROR), checked.count(Severity.WARNING)
    if errors:
        beside = f", and {_counted(warnings, 'warning')}" if warnings else ""
        refused = f"{checked.folder} is refused as a whole: {_counted(errors, 'finding')}{beside}"
        click.echo(f"{refused}; docs/errors.md explains each code.", err=True)
        raise SystemExit(REFUSED)
    if sound and form == "text":
        click.echo(sound.text(checked.folder) + (f"\n  {_counted(warnings, 'warning')}" if warnings else ""))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _tool() -> str:
    try:
        return version("quotewright")
    except PackageNotFoundError:  # a source tree that isn't installed
        return "0"
