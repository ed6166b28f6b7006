"""`quotewright clients import`: a file of the firm's books, brought in. Judges no row itself."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from service.cli import databases
from service.cli.acting import acting_or_anyone
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.clients.files import Unreadable
from service.clients.importing import Bringing, bring_in
from service.clients.rows import Manner
from service.domain.books import FIELDS, Imported, Kind, Tally
from service.domain.money import EXPONENTS
from service.domain.money import text as money_text
from service.domain.people import Role
from service.ledger.books import Books

SHOWN = 10
EPILOG = """
\b
Examples:
  quotewright clients import payments.csv --kind payments
  quotewright clients import bank.csv --kind payments --map amount=Betrag --map day=Datum
      --decimal-comma --dates %d.%m.%Y --currency EUR

\b
A file may be brought in again: each row counts once. Where a row has a reference, what is brought in later takes the
place of the earlier.

\b
Acts as the person whose token QUOTEWRIGHT_TOKEN holds, who needs the role manager; as anyone before there are users.
Exit codes: 0 all rows are in; 1 some were refused, or the file or the database can't be used; 2 wrong usage.
"""


def _pair(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        field, equals, column = text.partition("=")
        if not (field and equals and column):
            raise click.BadParameter(f"'{text}' isn't FIELD=COLUMN.")
        pairs[field] = column
    return pairs


@click.command("import", epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice([str(kind) for kind in Kind]), required=True, help="What its rows are.")
@click.option("--map", "columns", multiple=True, callback=_pair, metavar="FIELD=COLUMN",
              help="Where the file names a column otherwise; may be repeated.")  # fmt: skip
@click.option("--currency", type=click.Choice(list(EXPONENTS)), metavar="CODE", help="Of rows that name none.")
@click.option("--dates", default="", metavar="FORMAT", help="How days are written, such as %d.%m.%Y; else 2026-03-31.")
@click.option("--decimal-comma", is_flag=True, help="1234,50 is a sum.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where refused lines are told with their reasons, as CSV  [default: FILE.refused.csv]")  # fmt: skip
@databases.option
def import_(
    file: Path, kind: str, columns: dict[str, str], currency: str | None, dates: str, decimal_comma: bool,
    refused: Path | None, database: str,
) -> None:  # fmt: skip
    """Bring the rows of FILE (.csv, .xlsx, .parquet) into the firm's books of its clients."""
    names = [field.name for field in FIELDS[Kind(kind)]]
    if unknown := [name for name in columns if name not in names]:
        raise click.BadParameter(
            f"{kind} have no field '{unknown[0]}'; they have {', '.join(names)}.", param_hint="--map"
        )
    manner = Manner(decimal_comma, dates, currency or "")
    bringing = Bringing(kind=Kind(kind), path=file, source=file.name, columns=columns, manner=manner)
    told = _Refused(refused or file.with_name(f"{file.name}.refused.csv"))
    with opened_database(database) as opened:
        caller = acting_or_anyone(opened)
        if not caller.role.covers(Role.MANAGER):
            raise Refusal(f"This needs the role manager, and {caller.name}'s token has the role {caller.role}.")
        try:
            with told, _watched() as progress:
                done = bring_in(Books(opened), bringing, caller.id, lambda: datetime.now(UTC), told.add, progress)
        except (Unreadable, OSError) as fault:
            raise Refusal(str(fault)) from fault
    click.echo("\n".join(_summary(done)))
    if done.refused.rows:
        raise Refusal(f"{done.refused.rows:,} rows were refused; {told.path} tells each line and why.")


@dataclass(slots=True)
class _Refused:
    """The report of refused lines; there is none before the first."""

    path: Path
    _file: TextIO | None = None

    def __enter__(self) -> None:
        self.path.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: int, why: str) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(("line", "reason"))
        csv.writer(self._file).writerow((line, why))


@contextmanager
def _watched() -> Iterator[Callable[[str, int], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {name: bar.add_task(name, total=None) for name in ("read", "written")}
        yield lambda name, more: bar.advance(tasks[name], more)


def _summary(done: Imported) -> list[str]:
    lines = [_line(done.read, "read"), _line(done.taken, "new"), _line(done.known, "known before"),
             _line(done.refused, "refused")]  # fmt: skip
    if done.replaced:
        lines[1] += f"; {done.replaced:,} of them in the place of an earlier row"
    return lines


def _line(tally: Tally, what: str) -> str:
    sums = ", ".join(money_text(total, currency) for currency, total in tally.sums.items())
    return f"{tally.rows:,} rows {what}{f': {sums}' if sums else ''}"
