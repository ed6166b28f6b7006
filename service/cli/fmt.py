"""`quotewright fmt`: lay out a book's files in the one way, so that a change shows as the change it is."""

from __future__ import annotations

from pathlib import Path

import click

from service.authoring.formatting import ChangedMeanwhile, VersionChanged, format_book, replace_files
from service.cli.books import read_files
from service.cli.refusals import REFUSED, Refusal

EPILOG = """
\b
Examples:
  quotewright fmt policies/agency
  quotewright fmt policies/agency --check

\b
Exit codes: 0 laid out; 1 a file can't be read, or with --check one would change; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="BOOK", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change.")
def fmt(folder: Path, check: bool) -> None:
    """Lay out the YAML files of the policy book in the folder BOOK.

    Keys come in one order, long conditions have a clause a line, text is quoted where it needs to be, an empty line
    stands between rules. Comments stay with what they speak of. The book's version stays what it is. A file that
    can't be read is left alone, and so are tables in CSV.
    """
    files = read_files(folder)
    try:
        formatted = format_book(files)
        if not check:
            replace_files(folder, files, formatted.changed)
    except (ChangedMeanwhile, VersionChanged) as refused:
        raise Refusal(f"{folder}: {refused}; nothing more was written.") from refused
    except OSError as error:
        raise Refusal(f"{folder} can't be written: {error.strerror}.") from error
    for file in formatted.changed:
        click.echo(f"{'would change' if check else 'changed'} {folder / file}")
    for finding in formatted.unreadable:
        click.echo(f"{folder / finding.place.file}{str(finding).removeprefix(finding.place.file)}", err=True)
    click.echo(_counted(sum(file.endswith(".yaml") for file in files), len(formatted.changed), check), err=True)
    if formatted.unreadable or (check and formatted.changed):
        raise SystemExit(REFUSED)


def _counted(files: int, changed: int, check: bool) -> str:
    return f"{changed} of {files} file{'s' if files > 1 else ''} {'would change' if check else 'changed'}"
