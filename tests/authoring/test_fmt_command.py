"""`quotewright fmt` on a folder: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from service.authoring import formatting
from tests.cli.conftest import Run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_book_is_laid_out_once(run: Run, tiny: Path) -> None:
    price = tiny / "price.yaml"
    price.write_text("# ours\nrules: []\nstage:   price\n")
    price.chmod(0o640)
    ladder = tiny / "ladder.csv"
    ladder.write_bytes(b"id ,  score\r\n")
    first = run("fmt", tiny)
    assert (first.exit_code, f"changed {price}" in first.stdout) == (0, True)
    assert price.read_text() == "# ours\nstage: price\nrules: []\n"
    assert price.stat().st_mode & 0o777 == 0o640
    assert ladder.read_bytes() == b"id ,  score\r\n"
    before = contents(tiny)
    again = run("fmt", tiny)
    assert (again.exit_code, again.stdout, contents(tiny)) == (0, "", before)
    assert run("fmt", tiny, "--check").exit_code == 0


def test_check_writes_nothing(run: Run, tiny: Path) -> None:
    (tiny / "price.yaml").write_text("stage:   price\n")
    before = contents(tiny)
    result = run("fmt", tiny, "--check")
    assert result.exit_code == 1
    assert f"would change {tiny / 'price.yaml'}" in result.stdout
    assert contents(tiny) == before


def test_a_file_that_cannot_be_read_is_left_alone_and_told(run: Run, tiny: Path) -> None:
    broken = tiny / "accept.yaml"
    broken.write_text("rules: [\n")
    (tiny / "price.yaml").write_text("stage:   price\n")
    result = run("fmt", tiny)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{broken}:2:1: bad-yaml: ")
    assert broken.read_text() == "rules: [\n"
    assert (tiny / "price.yaml").read_text() == "stage: price\n"


def test_a_book_with_findings_is_laid_out_all_the_same(run: Run, tiny: Path) -> None:
    (tiny / "price.yaml").write_text("stage:   nowhere\nsurprise: 1\n")
    assert run("fmt", tiny).exit_code == 0
    assert (tiny / "price.yaml").read_text() == "stage: nowhere\nsurprise: 1\n"


def test_a_file_changed_meanwhile_is_not_overwritten(tiny: Path) -> None:
    before = {"price.yaml": b"stage:   price\n"}
    now = (tiny / "price.yaml").read_bytes()
    with pytest.raises(formatting.ChangedMeanwhile, match=r"price\.yaml"):
        formatting.replace_files(tiny, before, {"price.yaml": b"stage: price\n"})
    assert (tiny / "price.yaml").read_bytes() == now
    assert [path.name for path in tiny.iterdir() if path.name.startswith(".")] == []


def test_no_folder_no_traceback(run: Run, tmp_path: Path) -> None:
    assert run("fmt", tmp_path / "nowhere").exit_code == 1
    assert run("fmt").exit_code == 2


def test_a_file_behind_a_link_is_written_where_it_is(run: Run, tiny: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared.yaml"
    elsewhere.write_text("stage:   price\n")
    (tiny / "price.yaml").unlink()
    os.symlink(elsewhere, tiny / "price.yaml")
    assert run("fmt", tiny).exit_code == 0
    assert elsewhere.read_text() == "stage: price\n"
    assert (tiny / "price.yaml").is_symlink()


def test_a_folder_that_cannot_be_written_is_told_by_its_own_name(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(prefix: str, dir: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(dir / f"{prefix}x1y2"))

    monkeypatch.setattr(formatting.tempfile, "mkstemp", read_only)
    result = run("fmt", tiny)
    assert (result.exit_code, result.stderr) == (1, f"{tiny} can't be written: Read-only file system.\n")
