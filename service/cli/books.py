"""A policy book from a folder, ready to decide, or everything that is wrong with it. Knows no database, no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.cli.refusals import BookInvalid, Refusal
from service.matching.runtime import Policy
from service.matching.spread import EngineLimit
from service.policy.binding import NoRate, NoValue
from service.policy.findings import BookRefused, Finding
from service.policy.loader import load_book, read_folder


@dataclass(frozen=True, slots=True)
class OpenBook:
    folder: Path
    files: Mapping[str, bytes]
    policy: Policy
    checks: BookChecks


def open_book(folder: Path, today: date) -> OpenBook:
    """Raises Refusal. `today`: on which the engine is asked whether it can hold the rules."""
    files = _read(folder)
    try:
        book = load_book(files, declarations())
    except BookRefused as refused:
        raise refusal(folder, refused.findings) from refused
    policy = Policy(book)
    if findings := tuple(_beyond_engine(policy, today)):
        raise refusal(folder, findings)
    return OpenBook(folder, files, policy, BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts))


def refusal(folder: Path, findings: tuple[Finding, ...]) -> BookInvalid:
    count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}"
    return BookInvalid(
        (f"{folder / finding.place.file}{str(finding).removeprefix(finding.place.file)}" for finding in findings),
        f"{folder} is refused as a whole: {count}; docs/errors.md explains each code.",
    )


def _read(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise Refusal(f"{folder} is not a folder: give the folder of a policy book, the one that holds book.yaml.")
    try:
        files = read_folder(folder)
    except OSError as error:
        raise Refusal(f"{error.filename or folder} can't be read: {error.strerror}.") from error
    if not files:
        raise Refusal(f"{folder} holds no *.yaml files: give the folder of a policy book, the one with book.yaml.")
    return files


def _beyond_engine(policy: Policy, today: date) -> Iterator[Finding]:
    try:
        policy.runtime(today, policy.book.currency)
    except EngineLimit as limit:
        rule = next(rule for rule in policy.book.rules if rule.id == limit.rule)
        yield Finding(rule.place, "engine-limit", limit.reason, subject=rule.id)
    except (NoRate, NoValue):
        return  # not in force yet; a book may be checked before its first day
