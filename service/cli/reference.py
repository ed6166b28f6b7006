"""`quotewright reference`: the reference pages, written from the vocabulary, or checked to be what it says."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.refusals import REFUSED, Refusal
from service.reference.pages import pages, stale

EPILOG = """
\b
Examples:
  quotewright reference
  quotewright reference --check

\b
Exit codes: 0 written, or current; 1 with --check, a page is stale; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs", "reference"),
    show_default=True,
    help="Where the pages stand.",
)
@click.option("--check", is_flag=True, help="Write nothing; name the pages that are stale.")
@click.option(
    "--tree",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The source tree, if it isn't the working directory: errors are explained in its docs/errors.md.",
)
def reference(output: Path, check: bool, tree: Path) -> None:
    """Write docs/reference: every fact, effect, formula, function and error, with type, unit, range and example.

    For whoever changes Quotewright itself: the pages are written from what declares these things.
    """
    try:
        written = pages(tree)
    except OSError as error:
        raise Refusal(f"{error.filename} can't be read: {error.strerror}. Give the source tree with --tree.") from error
    try:
        files = stale(output, written)
        if not check:
            _write(output, written, files)
    except OSError as error:
        raise Refusal(f"{error.filename or output} can't be written: {error.strerror}.") from error
    for file in files:
        click.echo(f"{'stale' if check else 'written'} {output / file}")
    if check and files:
        click.echo("Run `quotewright reference` and commit what it writes.", err=True)
        raise SystemExit(REFUSED)
    if not files:
        click.echo(f"{output} is current: {len(written)} pages.")


def _write(output: Path, written: dict[str, str], files: list[str]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for file in files:
        if file in written:
            (output / file).write_text(written[file], encoding="utf-8")
        else:
            (output / file).unlink()
