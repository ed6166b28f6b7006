"""`quotewright check --format`: what scripts, GitHub and code scanners are given for the same findings."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

NUMBER = {"type": "integer", "minimum": 1}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
PLACE = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {"required": ["uri"], "properties": {"uri": {"type": "string", "format": "uri"}}},
                "region": {
                    "required": ["startLine", "startColumn"],
                    "properties": {"startLine": NUMBER, "startColumn": NUMBER},
                },
            },
        }
    },
}
RULE = {"required": ["id"], "properties": {"id": {"type": "string"}, "help": TEXT}}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": PLACE},
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": RULE,
                                    }
                                },
                            }
                        },
                    },
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}
"""What SARIF 2.1.0 (OASIS, 3.13 to 3.54) requires of the properties that are written here."""


@pytest.fixture
def broken(tiny):
    """An error, and a warning beside it."""
    (tiny / "rungs.yaml").write_text(
        "stage: price\ntables:\n  - id: rungs\n    practice: P3\n    hit: unique\n    reason: '50 %, always'\n"
        '    columns: [id, client.orders, "-> markup"]\n    default: {markup: 0}\n'
        '    rows: [[few, "[5..8]", "1 %"], [more, "[7..9]", "2 %"]]\n'
    )
    return tiny


def test_sarif_has_the_shape_of_the_standard(run, broken):
    result = run("check", broken, "--format", "sarif", "--as-of", "2026-06-01")
    assert result.exit_code == 1
    log = json.loads(result.stdout)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    (sarif_run,) = log["runs"]
    codes = [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]]
    assert all(codes[found["ruleIndex"]] == found["ruleId"] for found in sarif_run["results"])
    (error,) = [found for found in sarif_run["results"] if found["level"] == "error"]
    place = error["locations"][0]["physicalLocation"]
    assert error["ruleId"] == "overlapping-rows"
    assert place["artifactLocation"]["uri"] == (broken / "rungs.yaml").as_uri()
    assert place["region"]["startLine"] == 9
    assert error["properties"]["witness"] == {"client.orders": "7"}


def test_json(run, broken):
    result = run("check", broken, "--format", "json", "--as-of", "2026-06-01")
    assert result.exit_code == 1
    answer: dict[str, Any] = json.loads(result.stdout)
    assert (answer["sound"], answer["errors"], answer["as_of"]) == (False, 1, "2026-06-01")
    assert answer["warnings"] == len(answer["findings"]) - 1
    (error,) = [found for found in answer["findings"] if found["severity"] == "error"]
    assert {key: error[key] for key in ("code", "file", "line", "subject", "witness")} == {
        "code": "overlapping-rows",
        "file": "rungs.yaml",
        "line": 9,
        "subject": "rungs/more",
        "witness": {"client.orders": "7"},
    }


def test_github_annotates_lines(run, broken):
    result = run("check", broken, "--format", "github", "--as-of", "2026-06-01")
    lines = result.stdout.splitlines()
    assert all(re.match(r"::(error|warning) file=[^,:]+,line=\d+,col=\d+,title=[a-z-]+::.", line) for line in lines)
    (error,) = [line for line in lines if line.startswith("::error ")]
    assert f"file={broken}/rungs.yaml,line=9," in error


def test_github_is_not_misled_by_what_a_text_holds(run, tiny):
    (tiny / "odd,name.yaml").write_text('stage: price\nrules: []\n"50 %::error": 1\n')
    result = run("check", tiny, "--format", "github")
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"::error file={tiny}/odd%2Cname.yaml,line=3,col=1,title=unknown-field::")
    assert "50 %25" in line


def test_a_sound_book_in_every_format(run, root, tiny):
    for file in (root / "tests" / "books" / "sound").rglob("*.yaml"):
        (tiny / file.relative_to(root / "tests" / "books" / "sound")).write_text(file.read_text())
    day = ("--as-of", "2026-06-01")
    assert "warning" not in run("check", tiny, *day).stdout
    assert json.loads(run("check", tiny, "--format", "json", *day).stdout)["sound"] is True
    assert run("check", tiny, "--format", "github", *day).stdout == ""
    log = json.loads(run("check", tiny, "--format", "sarif", *day).stdout)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    assert log["runs"][0]["results"] == []


def test_warnings_are_told_and_do_not_refuse(run, tiny):
    result = run("check", tiny, "--as-of", "2028-01-01")
    assert result.exit_code == 0
    assert re.search(r"parameters\.yaml:2:3: warning: stale-value: \[minimum_profit\] ", result.stdout)
    assert re.search(r"^  \d+ warnings$", result.stdout, re.MULTILINE)
    assert "stale-value" not in run("check", tiny, "--as-of", "2028-01-01", "--stale-after", "36").stdout


def test_the_shipped_book_has_no_warnings(run, root):
    result = run("check", root / "policies" / "agency", "--as-of", "2026-11-01")
    assert result.exit_code == 0, result.output
    assert "warning" not in result.stdout
