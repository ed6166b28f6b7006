"""`quotewright db backup` and `restore`: copies of a SQLite ledger; of PostgreSQL they tell which command to use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from service.cli import databases
from service.cli.databases import kind_and_place, opened_database
from service.cli.refusals import Refusal
from service.ledger import LedgerUnavailable
from service.ledger.backups import BackupFailed, Contents, back_up, put_in_place
from service.ledger.log.checkpoints import Verifier
from service.ledger.log.findings import Checked, Finding
from service.ledger.log.keys import verifiers_in
from service.ledger.log.publishing import notes_in
from service.ledger.restoring import clear, give_keys, lacking, laid_out, proved, waiting

MOST_TOLD = 20
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--without-keys", is_flag=True, help="Leave clients' keys out: an erasure then reaches this copy too.")
@click.option("--keys-only", is_flag=True, help="Clients' keys alone; keep no more than the newest such file.")
@click.option("--force", is_flag=True, help="Over a file that is there.")
@databases.option
def backup(file: Path, without_keys: bool, keys_only: bool, force: bool, database: str) -> None:
    """Copy a SQLite ledger to FILE, as it is at one moment, while the service goes on writing.

    Prints the copy's SHA-256 and the newest checkpoint in it. The key that signs checkpoints is in no copy.
    """
    if without_keys and keys_only:
        raise click.UsageError("--without-keys and --keys-only are two files: make one after the other.")
    contents = Contents.WITHOUT_KEYS if without_keys else Contents.KEYS_ONLY if keys_only else Contents.WHOLE
    kind, place = kind_and_place(database)
    if kind != "sqlite":
        raise Refusal("PostgreSQL is backed up by its own tool:", *_dump(place, contents))
    with opened_database(database) as opened, _told_in_words():
        made = back_up(opened, file, contents, force)
    held = f"keys of {made.clients:,} clients" if keys_only else f"{made.decisions:,} decisions"
    click.echo(f"{made.file}: {held}, {made.size:,} bytes\nsha256 {made.sha256}")
    if made.checkpoint:
        click.echo(f"\n{made.checkpoint}", nl=False)


@click.command()
@click.argument("file", metavar="FILE", type=_THERE)
@click.option("--client-keys", type=_THERE, metavar="FILE", help="Clients' keys, where FILE was made without them.")
@click.option("--key", "keys", multiple=True, metavar="KEY",
              help="Public key to prove it by, or a file of them.  [default: those that it names itself]")  # fmt: skip
@click.option("--checkpoint", "checkpoints", multiple=True, type=_THERE, metavar="FILE",
              help="Signed checkpoints that were kept outside.")  # fmt: skip
@click.option("--unproved", is_flag=True, help="Put it in place in spite of findings.")
@click.option("--force", is_flag=True, help="Over a database that is there. Stop the service first.")
@databases.option
def restore(
    file: Path,
    client_keys: Path | None,
    keys: tuple[str, ...],
    checkpoints: tuple[Path, ...],
    unproved: bool,
    force: bool,
    database: str,
) -> None:
    """Make a SQLite ledger from the backup FILE, and prove it before it is put in place.

    A backup of an older version is moved to this version's tables. Erasures that the file of keys knows of are carried
    over.
    """
    kind, place = kind_and_place(database)
    if kind != "sqlite":
        raise Refusal("PostgreSQL is restored by its own tool:", *_dumped_back(place))
    target = Path(place)
    if target.exists() and not force:
        raise Refusal(f"{target} is there already: give another place with --database, or --force.")
    trusted, notes = _verifiers(keys), [note for path in checkpoints for note in notes_in(path.read_text())]
    now = datetime.now(UTC)
    with _told_in_words():
        beside = laid_out(file, target)
        assert beside.file is not None, "it is a SQLite file"
        try:
            if client_keys:
                give_keys(beside, client_keys, now)
            if lacking(beside) and not unproved:
                raise Refusal(f"{file} was made without clients' keys: give their file with --client-keys.")
            told, unsealed = list(proved(beside, trusted, notes, now)), waiting(beside)
        finally:
            beside.close()
        found = [str(one) for one in told if isinstance(one, Finding)]
        if found and not unproved:
            raise Refusal(*_shortened(found), f"NOT PROVED, so {target} is as it was. Put it there with --unproved.")
        put_in_place(beside.file, target)
        clear(beside.file)
    checked = next(one for one in reversed(told) if isinstance(one, Checked))
    more = [f"{len(found):,} findings"] if found else []
    more += [f"{unsealed:,} wait for their seal"] if unsealed else []
    click.echo(", ".join([f"{target}: {checked.leaves:,} records proved", *more]))


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except (BackupFailed, LedgerUnavailable) as failed:
        raise Refusal(f"{failed}.") from failed


def _verifiers(keys: Sequence[str]) -> list[Verifier]:
    try:
        return [
            verifier for key in keys for verifier in verifiers_in(Path(key).read_text() if Path(key).is_file() else key)
        ]
    except (ValueError, OSError) as error:
        raise click.BadParameter(f"{error}.", param_hint="--key") from error


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_TOLD
    return lines if more <= 0 else [*lines[:MOST_TOLD], f"... and {more:,} more"]


def _dump(place: str, contents: Contents) -> Sequence[str]:
    """pg_dump takes its snapshot while the service writes."""
    command = "pg_dump --format=custom --file={} " + {
        Contents.WHOLE: "",
        Contents.WITHOUT_KEYS: "--exclude-table-data=client_keys ",
        Contents.KEYS_ONLY: "--data-only --table=client_keys ",
    }[contents]  # fmt: skip
    name = "keys.dump" if contents is Contents.KEYS_ONLY else "ledger.dump"
    return (f"  {command.format(name)}{place}", "docs/database.md tells the way back.")


def _dumped_back(place: str) -> Sequence[str]:
    return (
        f"  pg_restore --dbname={place} --section=pre-data --section=data ledger.dump",
        f"  pg_restore --dbname={place} --data-only keys.dump   (where it was made without keys)",
        f"  pg_restore --dbname={place} --section=post-data ledger.dump",
        "Then prove it: quotewright audit verify. docs/database.md tells more.",
    )
