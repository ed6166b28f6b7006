"""Every code that an answer can hold has its line in docs/errors.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

MAKERS = {"Finding": 1, "Fault": 0, "refusal": 0, "_unreadable": 0, "Refused": 0, "Refusal": 1, "PeopleRefusal": 0}
"""Where the code stands among a call's arguments."""

NOT_OVER_HTTP = {"utf-8", "already-set-up"}
"""Words of the same form, and what only a command refuses."""


def codes(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = [k.value for k in node.keywords if k.arg == "code"]
            at = MAKERS.get(node.func.id)
            given += node.args[at : at + 1] if at is not None else []
            found |= {value.value for value in given if isinstance(value, ast.Constant)}
        if isinstance(node, ast.Tuple) and node.elts and isinstance(node.elts[0], ast.Constant):
            word = node.elts[0].value
            found |= {word} if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", word) else set()
    return found


def test_each_code_is_explained(root: Path) -> None:
    told = (root / "docs" / "errors.md").read_text().partition("## HTTP problems")[2]
    rooms = (root / "schemas", root / "service" / "api", root / "service" / "governance", root / "service" / "people")
    files = [file for room in rooms for file in room.glob("*.py")]
    used = set().union(*(codes(file) for file in files if file.name != "book.py"))
    assert {"wrong-type", "too-deep", "rate-limited", "no-rate", "contradiction", "not-a-choice", "four-eyes"} <= used
    assert {code for code in used - NOT_OVER_HTTP if not re.search(rf"\b{code}\b", told)} == set()
