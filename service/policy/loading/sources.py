"""The files of a book sorted by what they are for. Knows file names, not what stands in the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.policy import csv_text
from service.policy.csv_text import Sheet
from service.policy.findings import Place
from service.policy.loading.report import Report
from service.policy.loading.wording import FOLDER as MESSAGES
from service.policy.yaml_text import Document, Spot, parse

MAX_BOOK_BYTES = 20_000_000
CASES = "cases/"
YAML, SHEET = ".yaml", ".csv"
ENDINGS = (YAML, SHEET)


@dataclass(slots=True)
class Sources:
    """`policies`: every other file at the top, in the order of names. `sheets`: CSV files.
    `broken`: files that can't be read, left out."""

    book: Document | None = None
    single: dict[str, Document] = field(default_factory=dict)
    policies: list[Document] = field(default_factory=list)
    messages: dict[str, Document] = field(default_factory=dict)
    cases: list[Document] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    read: dict[str, Document] = field(default_factory=dict)

    def one(self, file: str) -> Document:
        """parameters, facts, guardrails, options or governance; without the file, an empty one."""
        return self.single.get(file) or Document(file, {}, Spot(1, 1, below={}))


_SINGLE = ("parameters.yaml", "facts.yaml", "guardrails.yaml", "options.yaml", "governance.yaml")


def read_sources(report: Report, files: Mapping[str, bytes]) -> Sources:
    sources = Sources()
    size = sum(map(len, files.values()))
    if size > MAX_BOOK_BYTES:
        message = f"a book may have {MAX_BOOK_BYTES:,} bytes, this one has {size:,}"
        report.add(Place("book.yaml", 1, 1), "too-large", message)
        return sources
    if "book.yaml" not in files:
        report.add(Place("book.yaml", 1, 1), "missing-file", "a book has a book.yaml: name, currency, stages, effects")
    for file in sorted(files):
        if not file.endswith(ENDINGS):
            stem, _, ending = file.rpartition(".")
            hint = f"rename it to {stem}{SHEET if ending.lower() == SHEET[1:] else YAML}"
            report.add(Place(file, 1, 1), "unknown-file", "a book reads *.yaml and *.csv alone", hint)
            sources.broken.add(file)
            continue
        if file.endswith(SHEET):
            sheet, findings = csv_text.parse(file, files[file])
            report.findings += findings
            if sheet is None:
                sources.broken.add(file)
            else:
                sources.sheets[file] = sheet
            continue
        document, findings = parse(file, files[file])
        report.findings += findings
        if document is None:
            sources.broken.add(file)
        else:
            sources.read[file] = document
            _put(report, sources, document)
    return sources


def _put(report: Report, sources: Sources, document: Document) -> None:
    file = document.file
    if file == "book.yaml":
        sources.book = document
    elif file in _SINGLE:
        sources.single[file] = document
    elif file.startswith(MESSAGES):
        sources.messages[file] = document
    elif file.startswith(CASES):
        sources.cases.append(document)
    elif "/" not in file:
        sources.policies.append(document)
    else:
        report.add(document.place(), "unknown-file", "a book has no such folder", "messages/ or cases/")
