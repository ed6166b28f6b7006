"""`quotewright schema`: a JSON Schema for each kind of file in a book, for editors that complete and check."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from service.cli.books import open_book
from service.cli.refusals import Refusal
from service.reference.book_files import FILES, KINDS, schema_of
from service.reference.names import Names, of_book, of_every_book

KIND_LINES = "\n".join(f"  {kind:<12}{file}" for kind, file in FILES.items())
EPILOG = f"""
\b
Kinds:
{KIND_LINES}

\b
Examples:
  quotewright schema policy
  quotewright schema --book policies/agency --output .schemas

\b
Exit codes: 0 done; 1 the book is refused, or a file can't be written; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("kind", required=False, type=click.Choice(sorted(KINDS)), metavar="[KIND]")
@click.option(
    "--book",
    "folder",
    metavar="BOOK",
    type=click.Path(path_type=Path),
    help="Propose the names of the policy book in this folder, and allow no other stages and effects.",
)
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write KIND.schema.json into this folder, for every kind if none is given.",
)
def schema(kind: str | None, folder: Path | None, output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of one KIND of file in a policy book, or write those of all.

    docs/editor-support.md shows how an editor is told which schema a file has. Without --book a schema knows what is
    the same in every book.
    """
    if kind is None and output is None:
        raise click.UsageError("give a KIND to print, or --output FOLDER for the schemas of all kinds.")
    names = _names(folder)
    if output is None:
        click.echo(_text(kind or "", names), nl=False)
        return
    kinds = [kind] if kind else list(KINDS)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for one in kinds:
            (output / f"{one}.schema.json").write_text(_text(one, names), encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{error.filename or output} can't be written: {error.strerror}.") from error
    for one in kinds:
        click.echo(f"{output / one}.schema.json  {FILES[one]}")


def _names(folder: Path | None) -> Names:
    if folder is None:
        return of_every_book()
    return of_book(open_book(folder, datetime.now(UTC).date()).policy.book)


def _text(kind: str, names: Names) -> str:
    return json.dumps(schema_of(kind, names), indent=2, ensure_ascii=False) + "\n"
