"""The files of a book laid out anew. What they say, and so the book's version, stays as it is: this is verified.

A file that can't be read is left alone. Tables in CSV belong to the spreadsheet that saves them.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import declarations
from service.authoring.reading import read
from service.authoring.shapes import shape_of
from service.authoring.writing import write
from service.policy.findings import BookRefused, Finding, Place
from service.policy.loader import load_book
from service.policy.loading.version import canonical
from service.policy.yaml_text import parse

_LINE_ENDS_OF_YAML_1_1 = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Formatted:
    """`changed`: the new content of files that were laid out otherwise. `unreadable`: why others were left alone."""

    changed: Mapping[str, bytes]
    unreadable: tuple[Finding, ...]


class VersionChanged(Exception):
    """A file would say something else after formatting: a fault of this program, found before anything is written."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"formatting {file} would change the book's version")


class ChangedMeanwhile(Exception):
    """Someone else wrote a file after it was read."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"{file} was changed by someone else meanwhile")


def format_book(files: Mapping[str, bytes]) -> Formatted:
    """`files`: a book's, by their names in it. Raises VersionChanged."""
    changed: dict[str, bytes] = {}
    unreadable: list[Finding] = []
    for file in sorted(file for file in files if file.endswith(".yaml")):
        raw, findings = format_file(file, files[file])
        unreadable += findings
        if raw != files[file]:
            changed[file] = raw
    before, after = _version(files), _version({**files, **changed})
    if before != after:
        raise VersionChanged(", ".join(changed))
    return Formatted(changed, tuple(sorted(unreadable)))


def format_file(file: str, raw: bytes) -> tuple[bytes, list[Finding]]:
    """The file laid out, or as it is with what makes it unreadable. Raises VersionChanged."""
    document, findings = parse(file, raw)
    if document is None:
        return raw, findings
    text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    if found := _LINE_ENDS_OF_YAML_1_1.search(text):
        place = Place(file, text.count("\n", 0, found.start()) + 1, 1)
        hint = f'write it as "\\u{ord(found[0]):04X}" in double quotes'
        return raw, [Finding(place, "bad-yaml", "an invisible sign ends a line here", hint)]
    source = read(text, document.data) if isinstance(document.data, dict) else None
    if source is None:
        return raw, []
    written = write(source, shape_of(file)).encode()
    again, _ = parse(file, written)
    if again is None or _content(file, again.data) != _content(file, document.data):
        raise VersionChanged(file)
    return written, []


def _content(file: str, data: object) -> bytes:
    try:
        return canonical({file: data})
    except (KeyError, TypeError):
        # Items without ids, which no book with a version has: they are compared as they stand.
        return repr(data).encode()


def _version(files: Mapping[str, bytes]) -> str | None:
    """None for a book that is refused: its files were compared one by one."""
    try:
        return load_book(files, declarations()).version
    except BookRefused:
        return None


def replace_files(folder: Path, before: Mapping[str, bytes], changed: Mapping[str, bytes]) -> None:
    """Each file is swapped whole. Since no swap changes what the book says, a reader may come in between.

    Raises ChangedMeanwhile, OSError.
    """
    for file, content in changed.items():
        path = (folder / file).resolve()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
            shutil.copymode(path, name)
            if path.read_bytes() != before[file]:
                raise ChangedMeanwhile(file)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
