"""`quotewright evaluate`: a decision on one request, for a person to read. Nothing is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console

from schemas import json_text
from schemas.decision import dump_decision
from schemas.findings import MOST_FINDINGS, Invalid
from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.cli.books import OpenBook, open_book
from service.cli.decision_text import print_decision
from service.cli.refusals import Refusal
from service.domain.decision import Decision
from service.domain.quote import QuoteRequest
from service.evaluation import evaluate as decide
from service.ledger import new_decision_id
from service.policy.binding import NoRate, NoValue
from service.settings import SHIPPED_BOOK

EPILOG = """
\b
Examples:
  quotewright evaluate examples/website.json
  quotewright evaluate examples/website.json --why-not
  quotewright evaluate - --json < request.json | jq .price
  quotewright evaluate request.json --book my/policies --as-of 2026-07-01

\b
Exit codes: 0 a decision, whichever it is; 1 the request or the book is refused; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True))
@click.option(
    "--book",
    "folder",
    metavar="FOLDER",
    envvar="POLICY_BOOK",
    type=click.Path(path_type=Path),
    default=SHIPPED_BOOK,
    help="Policy book to decide by; POLICY_BOOK sets it too.  [default: the agency's, which ships with the product]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the decision as POST /evaluate would answer it.")
@click.option("--why-not", is_flag=True, help="Tell of each rule that did not fire which clause was false.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Decide as on that day, whatever the request says.",
)
def evaluate(file: str, folder: Path, as_json: bool, why_not: bool, as_of: datetime | None) -> None:
    """Decide on the quote request in FILE, the JSON body of POST /evaluate; - reads standard input."""
    now = datetime.now(UTC)
    book = open_book(folder, now.date())
    request = _request(file, now, book, as_of.date() if as_of else None)
    decision = _decision(book, request, now, why_not)
    if as_json:
        click.echo(dump_decision(decision))
    else:
        print_decision(Console(highlight=False, markup=False, emoji=False), decision, request.currency)


def _request(file: str, now: datetime, book: OpenBook, as_of: date | None) -> QuoteRequest:
    with click.open_file(file, "rb") as body:
        text = json_text.parse(body.read())
    try:
        if text.unreadable:
            raise Invalid(text.findings)
        if as_of and isinstance(text.value, dict):
            text.value["as_of"] = as_of.isoformat()
        return read_request(text.value, now, book.checks, text.findings)
    except Invalid as invalid:
        name = "standard input" if file == "-" else file
        count = f"{len(invalid.findings)} finding{'s' if len(invalid.findings) > 1 else ''}"
        raise Refusal(
            *(f"{name}: {finding}" for finding in invalid.findings[:MOST_FINDINGS]),
            f"The request is refused: {count}.",
        ) from invalid


def _decision(book: OpenBook, request: QuoteRequest, now: datetime, why_not: bool) -> Decision:
    facts = facts_of(request, book.policy.book.extra_facts)
    try:
        return decide(book.policy, request, facts, new_decision_id(now), now, why_not)
    except NoRate as missing:
        ours = book.policy.book.currency
        raise Refusal(f"{book.folder}: {missing}: ask in {ours}, or add a rate to parameters.yaml.") from missing
    except NoValue as missing:
        raise Refusal(
            f"{book.folder}: {missing}: ask for a later day, or give it a value in parameters.yaml."
        ) from missing
