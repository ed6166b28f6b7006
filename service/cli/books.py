"""A policy book from a folder, ready to decide, or everything that is wrong with it. Knows no database, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.cli.refusals import BookInvalid, Refusal
from service.matching.runtimes import Policy
from service.opening import opened
from service.policy.book import Book
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
    files = read_files(folder)
    try:
        in_force = opened(files, today)
    except BookRefused as refused:
        raise refusal(folder, refused.findings) from refused
    return OpenBook(folder, files, in_force.policy, in_force.checks)


def loaded_book(folder: Path, files: Mapping[str, bytes]) -> Book:
    """The book to read about, without an engine to decide by it. Raises Refusal."""
    try:
        return load_book(files, declarations())
    except BookRefused as refused:
        raise refusal(folder, refused.findings) from refused


def refusal(folder: Path, findings: tuple[Finding, ...]) -> BookInvalid:
    count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}"
    return BookInvalid(
        (f"{folder / finding.place.file}{str(finding).removeprefix(finding.place.file)}" for finding in findings),
        f"{folder} is refused as a whole: {count}; docs/errors.md explains each code.",
    )


def read_files(folder: Path) -> dict[str, bytes]:
    """A book's files by their names in it. Raises Refusal."""
    if not folder.is_dir() or not str(folder).isprintable():
        raise Refusal(f"{folder} is not a folder: give the folder of a policy book, the one that holds book.yaml.")
    try:
        files = read_folder(folder)
    except OSError as error:
        raise Refusal(f"{error.filename or folder} can't be read: {error.strerror}.") from error
    if not files:
        raise Refusal(f"{folder} holds no *.yaml files: give the folder of a policy book, the one with book.yaml.")
    return files
