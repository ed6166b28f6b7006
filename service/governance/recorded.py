"""A recorded version's content back to the files of a book: the same meaning and version, not the same layout."""

from __future__ import annotations

import csv
import io
import json
import re

_OTHER_THAN_ASCII = re.compile(r"[^\x00-\x7e]")


def files_of(content: bytes) -> dict[str, bytes]:
    """`content`: `Book.content`. JSON in ASCII is YAML; beyond, YAML ends lines where JSON doesn't."""
    return {
        file: _sheet(data) if isinstance(data, list) else _OTHER_THAN_ASCII.sub(_escaped, _json(data)).encode()
        for file, data in json.loads(content).items()
    }


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def _escaped(match: re.Match[str]) -> str:
    return f"\\U{ord(match[0]):08x}"


def _sheet(lines: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(lines)
    return text.getvalue().encode()
