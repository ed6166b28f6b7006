"""`quotewright check`: is a book sound, and does it decide its own cases as they were worked out?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from service.cases.running import run_cases
from service.cli.books import OpenBook, open_book, refusal
from service.cli.refusals import REFUSED, BookInvalid
from service.policy.cases import load_cases

EPILOG = """
\b
Examples:
  quotewright check policies/agency
  quotewright check policies/agency | grep unknown-name

\b
Exit codes: 0 the book is sound; 1 findings; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="BOOK", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Check the policy book in the folder BOOK and run its cases.

    Each finding is one line, FILE:LINE:COLUMN: CODE: what is wrong and how to mend it. All of them are told at once;
    docs/errors.md explains the codes.
    """
    now = datetime.now(UTC)
    try:
        book = open_book(folder, now.date())
        cases = load_cases(book.files)
        results = run_cases(book.policy, book.checks, cases, now)
        if findings := tuple(finding for result in results for finding in result.findings()):
            raise refusal(folder, findings)
    except BookInvalid as refused:
        # Here the findings are the answer, so they go where an answer goes.
        for finding in refused.findings:
            click.echo(finding)
        click.echo(refused.lines[-1], err=True)
        raise SystemExit(REFUSED) from None
    click.echo(_summary(book, len(cases)))


def _summary(opened: OpenBook, cases: int) -> str:
    book = opened.policy.book
    practices = {rule.practice for rule in book.rules} - {""}
    counts = (
        f"{len(book.rules)} rules for {len(practices)} practices in {len(book.stages)} stages",
        f"{len(book.parameters)} parameters",
        f"{len(book.computed)} computed facts and amounts",
        f"{len(book.guardrails)} guardrails",
        f"{len(book.options)} options",
        f"wording in {', '.join(sorted(book.messages))}",
        f"{cases} cases decided as worked out",
    )
    return "\n".join(
        (f"{opened.folder}: {book.title} is sound.", f"  version {book.version}", *(f"  {c}" for c in counts))
    )
