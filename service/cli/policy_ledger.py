"""The versions in a database, for the commands of `quotewright policy`: opened, chosen by name, refused in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click

from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.domain.life import Life
from service.governance.checking import Checked
from service.governance.editions import Unusable
from service.governance.refusal import Refusal as GovernanceRefusal
from service.governance.standing import Governing, Standing
from service.ledger import Database, People, PolicyRegister
from service.policy.findings import Finding

SHORTEST = 6
_ID = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})")

VERSION = click.argument("version", metavar="VERSION")
BOOK = click.option("--book", metavar="NAME", help="Which of several books in the database.  [default: the only one]")
DAY = click.DateTime(["%Y-%m-%d"])


@contextmanager
def governing_in(url: str) -> Iterator[Governing]:
    """Raises Refusal, click.UsageError."""
    with opened_database(url) as database:
        try:
            yield Governing(PolicyRegister(database), lambda: datetime.now(UTC))
        except Unusable as unusable:
            raise Refusal(f"{unusable}.") from unusable


def version_named(at: Governing, text: str) -> str:
    """By its id, or by as much of its beginning as no other version shares. Raises Refusal."""
    books = at.register.books()
    return _named(text, {step.version for book in books for step in at.register.steps(book)})


def version_known(database: Database, text: str) -> str:
    """As `version_named`, of all versions that are kept: of those that only decided, too."""
    return _named(text, set(PolicyRegister(database).versions()))


def _named(text: str, versions: set[str]) -> str:
    told = _ID.fullmatch(text)
    if told is None or len(told[1]) < SHORTEST:
        raise Refusal(f"{text} is no version: give its id, or the first {SHORTEST} of its digits or more.")
    found = sorted(version for version in versions if version.startswith(f"sha256:{told[1]}"))
    if not found:
        raise Refusal(f"There is no version {text}: `quotewright policy list` lists them.")
    if len(found) > 1:
        raise Refusal(f"{text} begins the ids of {len(found)} versions: give more of it.")
    return found[0]


def book_named(at: Governing, name: str | None) -> str:
    """Raises Refusal."""
    books = at.register.books()
    if name in books:
        return str(name)
    if name or not books:
        told = f"The books there are {', '.join(books)}." if books else "There are no policy versions yet."
        raise Refusal(f"The database holds no book {name}. {told}" if name else told)
    if len(books) > 1:
        raise Refusal(f"The database holds several books, choose one with --book: {', '.join(books)}.")
    return books[0]


def life_of(at: Governing, version: str) -> tuple[Life, Standing]:
    book = at.register.version(version)
    assert book is not None, "its steps refer to it"
    standing = at.standing(at.register.steps(book.book))
    return standing.lives[version], standing


def people_in(at: Governing) -> People:
    return People(at.register.database)


def refused(refusal: GovernanceRefusal) -> Refusal:
    return Refusal(f"{refusal.code}: {refusal.reason}")


def failed(checked: Checked) -> Refusal:
    return Refusal(*_lines(checked.errors), "The check has failed, and nothing was recorded.")


def _lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    return (str(finding) for finding in findings)


def day_of(chosen: datetime | None) -> date | None:
    return chosen.date() if chosen else None
