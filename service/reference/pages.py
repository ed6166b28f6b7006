"""The reference as files: what they should say, and which of those in a folder say otherwise."""

from __future__ import annotations

from pathlib import Path

from service.reference.effects_page import effects_page
from service.reference.errors_page import errors_page
from service.reference.explained import ERRORS, explained, findings_of
from service.reference.facts_page import facts_page
from service.reference.formulas_page import formulas_page
from service.reference.functions_page import functions_page


def pages(tree: Path) -> dict[str, str]:
    """File -> text. `tree`: the source tree, where errors are explained and broken books stand. Raises OSError."""
    errors = (tree / ERRORS).read_text(encoding="utf-8")
    return {
        "facts.md": facts_page(),
        "effects.md": effects_page(),
        "formulas.md": formulas_page(),
        "functions.md": functions_page(),
        "errors.md": errors_page(explained(errors), findings_of(tree)),
    }


def stale(folder: Path, written: dict[str, str]) -> list[str]:
    """Files of the folder that are missing or say otherwise, and those that nothing writes. Raises OSError."""
    present = {path.name: path.read_bytes() for path in folder.glob("*.md")}
    wanted = {file: text.encode() for file, text in written.items()}
    return sorted(file for file in wanted.keys() | present.keys() if wanted.get(file) != present.get(file))
