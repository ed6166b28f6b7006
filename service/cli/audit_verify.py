"""`quotewright audit verify`: the whole ledger, a part of it, or one receipt without any ledger."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from service.cli import databases
from service.cli.databases import opened_database
from service.cli.refusals import REFUSED, Refusal
from service.governance.editions import Unusable, stored_files
from service.ledger import Database, PolicyRegister
from service.ledger.log.checkpoints import Verifier
from service.ledger.log.findings import Checked, Finding
from service.ledger.log.keys import known_keys, verifiers_in
from service.ledger.log.publishing import notes_in
from service.ledger.log.receipts import receipt_faults
from service.ledger.log.verifying import Verification, sealed_between

TRUSTING = (
    "These are the keys that the database names itself: whoever can write to it can name others, and rewrite all. "
    "Keep the public key outside and give it with --key."
)
_EPILOG = """
\b
Examples:
  quotewright audit verify
  quotewright audit verify --key ledger.pub --checkpoint checkpoints.txt
  quotewright audit verify --from 2026-03-01 --to 2026-03-31 --key ledger.pub
  quotewright audit verify --receipt receipt.json --answer decision.json --key ledger.pub

\b
Exit codes: 0 proved; 1 findings, or the database can't be used; 2 wrong usage.
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_POSITION, _DAY = re.compile(r"\d{1,18}"), re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Place:
    """An end of a range: a position of the log, or a day in UTC."""

    position: int | None = None
    day: date | None = None


class _Place(click.ParamType[Place]):
    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        text = str(value)
        try:
            if _POSITION.fullmatch(text):
                return Place(position=int(text))
            if _DAY.fullmatch(text):
                return Place(day=date.fromisoformat(text))
        except ValueError:
            pass
        self.fail(f"'{text}' is neither a position nor a day such as 2026-03-31.", param, ctx)


@click.command(epilog=_EPILOG)
@click.option("--from", "first", type=_Place(), metavar="PLACE", help="First position, or day in UTC.")
@click.option("--to", "last", type=_Place(), metavar="PLACE", help="Last position, or day.")
@click.option("--checkpoint", "checkpoints", type=_FILE, multiple=True, metavar="FILE",
              help="Signed checkpoints that were kept outside; may be repeated.")  # fmt: skip
@click.option("--key", "keys", multiple=True, metavar="KEY",
              help="Public key, or a file of them, one a line; may be repeated. Only these are trusted.")  # fmt: skip
@click.option("--receipt", type=_FILE, metavar="FILE", help="Verify a receipt alone; needs --key and no database.")
@click.option("--answer", type=_FILE, metavar="FILE", help="The decision as it was answered, to hold against it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found for programs.")
@databases.option
def verify(
    first: Place | None,
    last: Place | None,
    checkpoints: tuple[Path, ...],
    keys: tuple[str, ...],
    receipt: Path | None,
    answer: Path | None,
    as_json: bool,
    database: str,
) -> None:
    """Prove that no record was altered, taken out, put in or moved, and say where one was.

    Every record is held against its leaf in the log, and the log against its signed checkpoints, those of the database
    and those given.
    """
    trusted = [verifier for text in keys for verifier in _verifiers(text)]
    if receipt or answer:
        _refuse_beside_receipt(receipt, first, last, checkpoints)
        assert receipt is not None
        _tell(as_json, _receipt_findings(receipt, answer, trusted), f"{receipt}: proved", {})
        return
    notes = [note for path in checkpoints for note in _notes(path)]
    with opened_database(database) as opened:
        given = bool(trusted)
        trusted = trusted or [known.verifier for known in known_keys(opened)]
        verification = Verification(opened, trusted, notes, datetime.now(UTC))
        if first or last:
            told = _in_range(opened, verification, first or Place(position=0), last)
        else:
            told = _whole(opened, verification)
        checked = _Told(as_json, verification.size())
        findings = list(checked.findings(told))
    if not as_json:
        click.echo("\n".join([f"Trusted: {', '.join(map(str, trusted)) or 'no key'}", *([] if given else [TRUSTING])]))
    counted = checked.last
    summary = f"{counted.leaves:,} records and {counted.heads:,} signed checkpoints proved"
    if counted.wordless:
        summary += f"; of {counted.wordless:,} records the words were erased or are no longer kept"
    beside = {"keys": [str(each) for each in trusted], "keys_given": given, "records": counted.leaves,
              "checkpoints": counted.heads, "wordless": counted.wordless}  # fmt: skip
    _tell(as_json, findings, summary, beside)


class _Told:
    """What a verification tells as it goes: findings, each printed at once, and a bar where somebody watches."""

    def __init__(self, as_json: bool, size: int) -> None:
        self._quiet, self._size = as_json, size
        self.last = Checked(0, 0)

    def findings(self, told: Iterable[Finding | Checked]) -> Iterator[Finding]:
        columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=self._quiet or not console.is_terminal) as bar:
            task = bar.add_task("", total=self._size)
            for each in told:
                if isinstance(each, Checked):
                    self.last = each
                    bar.update(task, completed=each.looked_at)
                else:
                    yield each


def _tell(as_json: bool, findings: Sequence[Finding], summary: str, beside: dict[str, Any]) -> None:
    if as_json:
        told = [{"code": each.code, "place": each.place, "why": each.why} for each in findings]
        click.echo(orjson.dumps({"proved": not findings, **beside, "findings": told}, option=orjson.OPT_INDENT_2))
    else:
        for each in findings:
            click.echo(each)
        click.echo(f"{summary}." if not findings else f"NOT PROVED: {len(findings):,} findings. {summary}.")
    if findings:
        sys.exit(REFUSED)


def _whole(database: Database, verification: Verification) -> Iterator[Finding | Checked]:
    yield from verification.whole()
    register = PolicyRegister(database)
    for version in register.versions():
        try:
            stored_files(register, version)
        except Unusable as unusable:
            yield Finding("version-changed", f"policy version {version}", unusable.reason)


def _in_range(
    database: Database, verification: Verification, first: Place, last: Place | None
) -> Iterator[Finding | Checked]:
    start, end = first.position, None if last is None or last.position is None else last.position + 1
    if start is None and first.day:
        start, _ = sealed_between(database, _midnight(first.day), _midnight(first.day))
    if last and last.day:
        day = _midnight(last.day) + timedelta(days=1)
        _, end = sealed_between(database, day, day)
    size = verification.size()
    if (start or 0) >= (size if end is None else min(end, size)):
        raise Refusal(f"The log holds nothing there: its {size:,} records have the positions from 0 on.")
    return verification.range(start or 0, size if end is None else end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _verifiers(text: str) -> Sequence[Verifier]:
    try:
        path = Path(text)
        found = verifiers_in(path.read_text() if path.is_file() else text)
    except (ValueError, OSError) as error:
        raise click.BadParameter(f"{text}: {error}.", param_hint="--key") from error
    if not found:
        raise click.BadParameter(f"{text} holds no key.", param_hint="--key")
    return found


def _notes(path: Path) -> Sequence[str]:
    try:
        found = notes_in(path.read_text())
    except (UnicodeDecodeError, OSError) as error:
        raise click.BadParameter(f"{path} can't be read as text.", param_hint="--checkpoint") from error
    if not found:
        raise click.BadParameter(f"{path} holds no signed checkpoint.", param_hint="--checkpoint")
    return found


def _refuse_beside_receipt(
    receipt: Path | None, first: Place | None, last: Place | None, notes: Sequence[Path]
) -> None:
    if receipt is None:
        raise click.UsageError("--answer is held against a receipt: give it with --receipt FILE.")
    if first or last or notes:
        raise click.UsageError("A receipt is verified alone, without --from, --to and --checkpoint.")


def _receipt_findings(receipt: Path, answer: Path | None, trusted: Sequence[Verifier]) -> list[Finding]:
    if not trusted:
        raise click.UsageError("Without a ledger there is no key but yours: give it with --key.")
    try:
        read = orjson.loads(receipt.read_bytes())
    except orjson.JSONDecodeError:
        read = None
    faults = receipt_faults(read, trusted, answer.read_bytes() if answer else None)
    return [Finding("bad-receipt", str(receipt), fault) for fault in faults]
