"""Findings as people, scripts, GitHub and code scanners read them. Knows how each is written, not what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from service.policy.findings import Finding, Severity

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """`version`: of the book, empty where it couldn't be loaded."""

    folder: Path
    version: str
    as_of: date
    tool: str
    findings: Sequence[Finding]

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)


def as_text(checked: Checked) -> str:
    """FILE:LINE:COLUMN: CODE: ..., which editors and terminals make a link of."""
    return "\n".join(f"{checked.folder / f.place.file}{str(f).removeprefix(f.place.file)}" for f in checked.findings)


def as_json(checked: Checked) -> str:
    answer = {
        "book": str(checked.folder),
        "version": checked.version or None,
        "as_of": checked.as_of,
        "sound": not checked.count(Severity.ERROR),
        "errors": checked.count(Severity.ERROR),
        "warnings": checked.count(Severity.WARNING),
        "findings": [_json_of(finding) for finding in checked.findings],
    }
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()


def _json_of(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "subject": finding.subject,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "witness": dict(finding.witness),
    }


def as_github(checked: Checked) -> str:
    """Workflow commands: GitHub shows each at its line of a pull request."""
    return "\n".join(_command(checked.folder, finding) for finding in checked.findings)


def _command(folder: Path, finding: Finding) -> str:
    file, line, column = finding.place
    where = f"file={_property((folder / file).as_posix())},line={line},col={column},title={_property(finding.code)}"
    return f"::{finding.severity.value} {where}::{_data(_message(finding))}"


def _message(finding: Finding) -> str:
    subject = f"[{finding.subject}] " if finding.subject else ""
    hint = f" ({finding.suggestion})" if finding.suggestion else ""
    return f"{subject}{finding.message}{hint}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(checked: Checked) -> str:
    """SARIF 2.1.0. Columns count code points, as the loader's do."""
    codes = sorted({finding.code for finding in checked.findings})
    run = {
        "tool": {
            "driver": {
                "name": "quotewright",
                "version": checked.tool,
                "rules": [{"id": code, "help": {"text": f"docs/errors.md explains {code}."}} for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(checked.folder, finding, codes.index(finding.code)) for finding in checked.findings],
    }
    return orjson.dumps(
        {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, option=orjson.OPT_INDENT_2
    ).decode()


def _result(folder: Path, finding: Finding, rule: int) -> dict[str, Any]:
    file, line, column = finding.place
    path = folder / file
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": line, "startColumn": column},
                }
            }
        ],
        "properties": {"subject": finding.subject, "witness": dict(finding.witness)},
    }


FORMATS: dict[str, Callable[[Checked], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
