"""`quotewright diff`: what a new version of a book changes, in its text and in what it decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from rich.console import Console

from service.cli.books import read_files, refusal
from service.cli.databases import opened_database
from service.cli.diff_text import print_diff
from service.cli.refusals import USAGE, Refusal
from service.governance.diff.as_json import diff_data, differs
from service.governance.diff.behaviour import Asked, Behaviour, Decider, Origin, asked_by_cases, behaviour
from service.governance.diff.books import Edition, book_diff
from service.governance.recorded import files_of
from service.ledger import Ledger, Overrides
from service.opening import InForce, opened
from service.policy.cases import load_cases
from service.policy.findings import BookRefused

DIFFERENT = 1
_VERSION = re.compile(r"sha256:[0-9a-f]{64}")

EPILOG = """
\b
Examples:
  quotewright diff policies/agency drafts/agency
  quotewright diff policies/agency drafts/agency --json | jq .changes
  quotewright diff policies/agency drafts/agency --decisions 500 --database sqlite:///var/quotewright.db

\b
Exit codes: 0 the same in meaning and behaviour; 1 different; 2 wrong usage, or a book or database can't be read.
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two books. `name`: as it was asked for."""

    name: str
    in_force: InForce
    edition: Edition

    @property
    def decider(self) -> Decider:
        return Decider(self.in_force.policy, self.in_force.checks)


@click.command(epilog=EPILOG)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print the diff for programs; docs/diff.md tells its fields.")
@click.option("--cases/--no-cases", default=True, help="Ask both books what their cases ask.  [default: --cases]")
@click.option(
    "--decisions",
    metavar="N",
    type=click.IntRange(0, 1_000_000),
    default=0,
    help="Ask both books what the last N recorded requests asked; needs --database.  [default: 0]",
)
@click.option(
    "--database",
    metavar="URL",
    envvar="DATABASE_URL",
    help="Ledger that holds the decisions, or a version given by its id; or DATABASE_URL.",
)
def diff(before: str, after: str, as_json: bool, cases: bool, decisions: int, database: str | None) -> None:
    """Compare the policy books A and B by meaning, and by what they decide.

    A and B are folders, or ids (sha256:...) of versions that the ledger keeps. Parameters, rules, tables and the rest
    are told with their old and new content, whatever the files look like. Then both books decide the requests of their
    cases, and the last recorded ones if wanted: those are listed whose outcome or price is not the same.
    """
    now = datetime.now(UTC)
    with _trouble(), _ledger(database, bool(decisions) or _any_version(before, after)) as ledger:
        one, other = (_side(name, ledger, now) for name in (before, after))
        found = book_diff(one.edition, other.edition)
        behaviours = _behaviours(one, other, cases, _recorded(ledger, one, other, decisions), now)
    if as_json:
        click.echo(orjson.dumps(diff_data(found, behaviours), option=orjson.OPT_INDENT_2))
    else:
        print_diff(Console(highlight=False, markup=False, emoji=False), (before, after), found, behaviours)
    raise SystemExit(DIFFERENT if differs(found, behaviours) else 0)


class Trouble(Refusal):
    """Exit code 1 is an answer here, so what can't be read ends with 2, as with diff(1)."""

    exit_code = USAGE


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except Refusal as refused:
        raise Trouble(*refused.lines) from refused


def _any_version(*names: str) -> bool:
    return any(_VERSION.fullmatch(name) for name in names)


@contextmanager
def _ledger(url: str | None, needed: bool) -> Iterator[Ledger | None]:
    if not needed:
        yield None
        return
    if url is None:
        raise click.UsageError("--decisions and version ids need a ledger: --database URL or DATABASE_URL.")
    with opened_database(url) as database:
        yield Ledger(database)


def _side(name: str, ledger: Ledger | None, now: datetime) -> Side:
    files = _files(name, ledger)
    try:
        in_force = opened(files, now.date())
        cases = load_cases(files)
    except BookRefused as refused:
        raise refusal(Path(name), refused.findings) from refused
    return Side(name, in_force, Edition(in_force.policy.book, cases))


def _files(name: str, ledger: Ledger | None) -> Mapping[str, bytes]:
    if name.startswith("sha256:") and not _VERSION.fullmatch(name):
        raise Refusal(
            f"{name} is no version's id: those are sha256: and 64 digits, as `quotewright check` prints them."
        )
    if not _VERSION.fullmatch(name):
        return read_files(Path(name))
    content = ledger.content(name) if ledger else None
    if content is None:
        raise Refusal(f"The ledger keeps no version {name}: a version is kept from its first decision on.")
    return files_of(content)


def _recorded(ledger: Ledger | None, one: Side, other: Side, count: int) -> tuple[Asked, ...] | None:
    """None where they weren't asked for."""
    if ledger is None or not count:
        return None
    books = sorted({side.edition.book.name for side in (one, other)})
    entries = ledger.latest(books, count)
    overridden = Overrides(ledger.database).overridden([entry.id for entry in entries])
    return tuple(Asked(Origin.DECISION, entry.id, entry.request, entry.id in overridden) for entry in entries)


def _behaviours(
    one: Side, other: Side, cases: bool, recorded: tuple[Asked, ...] | None, now: datetime
) -> tuple[Behaviour, ...]:
    """Nothing where both are one version: its decisions are the same by the ledger's own promise."""
    if one.edition.book.version == other.edition.book.version:
        return ()
    asked = {Origin.CASE: tuple(asked_by_cases(one.edition.cases, other.edition.cases)) if cases else None,
             Origin.DECISION: recorded}  # fmt: skip
    return tuple(
        behaviour(one.decider, other.decider, origin, requests, now)
        for origin, requests in asked.items()
        if requests is not None
    )
