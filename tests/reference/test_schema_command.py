"""`quotewright schema`: one schema printed, or all written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from service.reference.book_files import KINDS
from tests.reference.conftest import Run


def test_one_kind_is_printed(run: Run) -> None:
    result = run("schema", "parameters")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_all_kinds_are_written(run: Run, tmp_path: Path) -> None:
    result = run("schema", "--book", "tests/books/tiny", "--output", tmp_path / "new" / "schemas")
    assert result.exit_code == 0, result.stderr
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "new" / "schemas").iterdir()}
    assert written.keys() == {f"{kind}.schema.json" for kind in KINDS}
    stage = written["policy.schema.json"]["properties"]["stage"]
    assert stage["enum"] == ["accept", "price", "concede", "terms"]


def test_without_a_kind_or_a_folder_it_says_what_to_give(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 2
    assert "give a KIND to print, or --output FOLDER" in result.stderr


def test_an_unknown_kind(run: Run) -> None:
    result = run("schema", "polices")
    assert result.exit_code == 2
    assert "'policy'" in result.stderr


def test_a_broken_book_is_told_with_its_findings(run: Run) -> None:
    result = run("schema", "policy", "--book", "tests/bad_policies/no_hit_policy")
    assert result.exit_code == 1
    assert "book.yaml:21:11: slot-without-hit-policy: [markup]" in result.stderr
    assert result.stdout == ""


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("schema", "--output", tmp_path / "file" / "schemas")
    assert result.exit_code == 1
    assert "can't be written" in result.stderr


def test_a_reader_that_stops_reading_is_no_fault_of_the_folder(root: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        f"{sys.executable} -m service.cli schema --output {tmp_path / 'schemas'} | true",
        cwd=root,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert len(list((tmp_path / "schemas").iterdir())) == len(KINDS)
