"""docs/errors.md read: every code with what it means and what to do. That page is where codes are explained.

An example of a finding is one that a broken book of the tests really gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.vocabulary import declarations
from service.policy.analysis.checker import Check, check_book
from service.policy.findings import BookRefused, Finding
from service.policy.loader import load_book, read_folder

ERRORS = Path("docs", "errors.md")
BROKEN = Path("tests", "bad_policies")
TINY = Path("tests", "books", "tiny")
SOUND = Path("tests", "books", "sound")
CHECKED = "checked.txt"
"""Beside a defect that only the checker finds: it is laid over what that has nothing against."""

AS_OF = date(2026, 6, 1)
"""On which the examples are checked."""

_HEADING = re.compile(r"^(#+) (.*)$")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Explained:
    """A line of a table. `section`: the headings above it, outermost first. `cells`: by the table's header."""

    section: tuple[str, ...]
    code: str
    cells: Mapping[str, str]


def explained(text: str) -> Iterator[Explained]:
    """Of a line that explains several codes, each."""
    headings: list[str] = []
    header: list[str] = []
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            headings[len(heading[1]) - 1 :] = [heading[2]]
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in _BAR.split(line)[1:-1]]
        if not header:
            header = cells
        elif not set(line) <= set("|- :"):
            row = dict(zip(header, cells, strict=True))
            for code in row.get("code", "").replace("`", "").split(", "):
                if code:
                    yield Explained(tuple(headings[1:]), code, row)


def findings_of(tree: Path) -> dict[str, Finding]:
    """Code -> a finding, of the broken book with the fewest others. Raises OSError."""
    tiny, sound = read_folder(tree / TINY), read_folder(tree / SOUND)
    found: dict[str, tuple[int, str, Finding]] = {}
    for folder in sorted(path for path in (tree / BROKEN).iterdir() if path.is_dir()):
        base = {**tiny, **sound} if (folder / CHECKED).exists() else tiny
        findings = _findings({**base, **read_folder(folder)})
        for finding in findings:
            entry = (len(findings), folder.name, finding)
            if finding.code not in found or entry[:2] < found[finding.code][:2]:
                found[finding.code] = entry
    return {code: finding for code, (_, _, finding) in found.items()}


def _findings(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    try:
        book = load_book(files, declarations())
    except BookRefused as refused:
        return refused.findings
    return check_book(book, files, Check(AS_OF))
