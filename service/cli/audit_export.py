"""`quotewright audit export`: decisions as a file with a manifest, for whoever looks at them elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from service.cli import databases
from service.cli.audit_wanted import filters, told, wanted
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.exporting.exports import FORMATS, Export, write_whole

EPILOG = """
\b
Examples:
  quotewright audit export --out march --since 2026-03-01 --until 2026-03-31
  quotewright audit export --format xlsx --out overridden --overridden

\b
Exit codes: 0 written; 1 the database or the folder can't be used; 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.option("--out", "folder", required=True, metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
              help="Where the file and its manifest go.")  # fmt: skip
@click.option("--format", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True,
              help="jsonl holds the decisions in their own words, the others their columns.")  # fmt: skip
@filters
@databases.option
def export(folder: Path, format: str, database: str, **given: Any) -> None:
    """Write decisions into FOLDER, the oldest first, with a manifest of counts, filters, hash and checkpoint."""
    with opened_database(database) as opened:
        asked = Export(opened, format, wanted(opened, given), told(given), datetime.now(UTC))
        try:
            manifest = write_whole(asked, folder)
        except OSError as error:
            raise Refusal(f"{error.filename or folder} can't be written: {error.strerror}.") from error
    click.echo(f"{folder / manifest['file']}: {manifest['rows']:,} decisions, sha256 {manifest['sha256']}")
