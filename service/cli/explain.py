"""`quotewright explain`: what a name of a book is and does, in words."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console

from service.authoring.explaining import Explainer
from service.authoring.surroundings import Surroundings
from service.cli.books import loaded_book, read_files
from service.cli.explanation_text import print_explanation
from service.cli.refusals import Refusal
from service.policy.cases import load_cases

EPILOG = """
\b
Examples:
  quotewright explain policies/agency small_job
  quotewright explain policies/agency client.hassle_score
  quotewright explain policies/agency T1 --on 2026-07-01
  quotewright explain policies/agency decision.markup --json | jq .[0].uses

\b
Exit codes: 0 explained; 1 no such name, or the book is refused; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="BOOK", type=click.Path(path_type=Path))
@click.argument("name")
@click.option(
    "--on",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Tell the parameters' values as on that day.  [default: today]",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, one element for each thing of that name.")
def explain(folder: Path, name: str, on: datetime | None, as_json: bool) -> None:
    """Tell in words what NAME is in the policy book in the folder BOOK.

    NAME is a rule, a table or one of its rows, a parameter, an effect, a derived fact or formula, a fact of the
    request, a guardrail, an option or a practice. A name that is several of these is told as each of them.
    """
    files = read_files(folder)
    book = loaded_book(folder, files)
    explainer = Explainer(Surroundings(book, load_cases(files), (on or datetime.now(UTC)).date()))
    found = explainer.explain(name)
    if not found:
        hint = explainer.did_you_mean(name)
        raise Refusal(f"{folder} has nothing named {name}{f': {hint}' if hint else '.'}")
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=_plain, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for number, explanation in enumerate(found):
        if number:
            console.print()
        print_explanation(console, explanation)


def _plain(value: object) -> str:
    assert isinstance(value, date), value
    return value.isoformat()
