"""The commands of `quotewright policy` that only look: which versions there are, what they change, whose a day is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from service.cli import databases
from service.cli.diff_text import print_diff
from service.cli.policy_ledger import BOOK, DAY, VERSION, book_named, governing_in, life_of, people_in, version_named
from service.cli.refusals import Refusal
from service.domain.life import State
from service.governance import as_json
from service.governance.diff.as_json import diff_data
from service.governance.diff.books import book_diff
from service.governance.drafting import written_files

JSON = click.option("--json", "as_json_text", is_flag=True, help="Print JSON, as HTTP answers it.")
KNOWN_AT = click.option(
    "--known-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), metavar="YYYY-MM-DDTHH:MM:SSZ",
    help="As it was known at that moment, in UTC.  [default: as known now]",
)  # fmt: skip
PLAIN_WIDTH = 160
_SHORT = len("sha256:") + 12
_MINUTE = len("2026-03-31T14:05")


@click.command(name="list")
@BOOK
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only versions in this state.")
@JSON
@databases.option
def list_versions(book: str | None, state: str | None, as_json_text: bool, database: str) -> None:
    """List the versions, the one drafted last first."""
    with governing_in(database) as at:
        standing = at.standing(at.register.steps(book_named(at, book)))
        origins = at.register.origins(standing.lives)
        names = people_in(at).names()
        told = [
            as_json.summary_data(life, standing, origins.get(life.version), names) for life in standing.lives.values()
        ]
    chosen = [one for one in reversed(told) if state in (None, one["state"])]
    if as_json_text:
        _print_json({"versions": chosen})
        return
    table = Table("version", "state", "drafted", "by", "note", box=None)
    for one in chosen:
        table.add_row(
            one["version"][:_SHORT], one["state"], one["drafted_at"][:_MINUTE], one["author_name"], one["note"]
        )
    _console().print(table)


@click.command()
@VERSION
@JSON
@databases.option
def show(version: str, as_json_text: bool, database: str) -> None:
    """Tell how far VERSION has come, whose word it needs and why, and what can happen next."""
    with governing_in(database) as at:
        chosen = version_named(at, version)
        life, standing = life_of(at, chosen)
        origin = at.register.origins([chosen]).get(chosen)
        told = as_json.version_data(at, life, standing, origin, people_in(at).names())
    if as_json_text:
        _print_json(told)
    else:
        click.echo("\n".join(_shown(told)))


def _shown(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['version']}: {told['state']}, a version of {told['book']}"
    yield f"  drafted {told['drafted_at']} by {told['author_name']}: {told['note']}"
    if told["parent"]:
        yield f"  made from {told['parent']}"
    for step in told["steps"]:
        from_day = f" from {step['effective_from']}" if step["effective_from"] else ""
        note = f": {step['note']}" if step["note"] else ""
        who = f"{step['by_name']} as {step['role']}"
        yield f"  {step['number']}. {step['step']}{from_day} at {step['at']} by {who}{note}"
    required = told["required"]
    yield f"  to follow what is in force it needs {required['role']}"
    for each in required["because"]:
        effect = f", effect {each['effect']}" if each["effect"] else ""
        line = f"line {each['line']}" if each["line"] else "the default"
        yield f"    {each['subject']} {each['name']}{effect}: {each['role']}, by {line} of the approval matrix"
    for action in told["actions"]:
        yield f"  next: {action['action']}, by {action['role']}"


@click.command()
@VERSION
@click.option("--against", metavar="VERSION", help="Earlier version.  [default: the one in force]")
@JSON
@databases.option
def diff(version: str, against: str | None, as_json_text: bool, database: str) -> None:
    """Tell what VERSION changes, by meaning. `quotewright diff` also tells what it decides otherwise."""
    with governing_in(database) as at:
        after = version_named(at, version)
        _, standing = life_of(at, after)
        before = version_named(at, against) if against else standing.in_force()
        if before is None:
            raise Refusal("No version is in force to compare it with: name one with --against.")
        found = book_diff(at.editions.of(before), at.editions.of(after))
    if as_json_text:
        _print_json(diff_data(found, ()))
    else:
        print_diff(_console(), (before, after), found, ())


@click.command(name="in-force")
@BOOK
@click.option("--as-of", type=DAY, metavar="YYYY-MM-DD", help="On which day.  [default: today]")
@KNOWN_AT
@JSON
@databases.option
def in_force(
    book: str | None, as_of: datetime | None, known_at: datetime | None, as_json_text: bool, database: str
) -> None:
    """Tell which version decides on a day."""
    with governing_in(database) as at:
        name = book_named(at, book)
        standing = at.standing(at.register.steps(name))
    day, known = as_of.date() if as_of else standing.today, _moment(known_at)
    span = standing.timeline.span(day, known)
    if span is None:
        raise Refusal(f"No version of {name} is in force on {day}, as known then.")
    told = as_json.in_force_data(name, day, known, span)
    if as_json_text:
        _print_json(told)
    else:
        click.echo(f"{told['version']}: {name}, released {told['released_at']}, since {told['effective_from']}")


@click.command()
@BOOK
@KNOWN_AT
@JSON
@databases.option
def timeline(book: str | None, known_at: datetime | None, as_json_text: bool, database: str) -> None:
    """Tell which version decides which days, past and still to come."""
    with governing_in(database) as at:
        name = book_named(at, book)
        standing = at.standing(at.register.steps(name))
    told = as_json.timeline_data(name, standing, _moment(known_at))
    if as_json_text:
        _print_json(told)
        return
    table = Table("from", "until", "version", "released", box=None)
    for span in told["timeline"]:
        table.add_row(
            span["effective_from"], span["until"] or "", span["version"][:_SHORT], span["released_at"][:_MINUTE]
        )  # fmt: skip
    _console().print(table)


@click.command()
@VERSION
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@databases.option
def export(version: str, folder: Path, database: str) -> None:
    """Write the files of VERSION, comments included, into FOLDER, which must not exist yet."""
    with governing_in(database) as at:
        files = written_files(at, version_named(at, version))
    try:
        folder.mkdir(parents=True)
        for name, content in files.items():
            path = folder / name
            if not path.resolve().is_relative_to(folder.resolve()):
                raise Refusal(f"{name} would be written outside of {folder}: somebody changed the database.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise Refusal(f"{error.filename or folder} can't be written: {error.strerror}.") from error
    click.echo(f"{folder}: {len(files)} files")


def _moment(told: datetime | None) -> datetime | None:
    return told.replace(tzinfo=UTC) if told else None


def _print_json(value: dict[str, Any]) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH)
