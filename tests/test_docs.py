"""What the documentation tells a newcomer to do works, and what it points at is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from tests.conftest import free_port

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(#[^)]*)?\)")
OF_THIS_RUN = (
    "VIRTUAL_ENV",
    "DATABASE_URL",
    "MAKEFLAGS",
    "MAKEOVERRIDES",
    "MFLAGS",
    "VENV",
    "PYTHON",
    "TESTS",
    "WORKERS",
)
"""What a newcomer's environment wouldn't hold: `make test` hands its own settings on to a make inside it."""
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "build", "results", "*.egg-info", "__pycache__", ".*_cache")


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    text: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(path.read_text())]


def _documents(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").glob("*.md")), *sorted((root / "examples").glob("*.md"))]


def test_every_link_leads_to_a_file(root: Path) -> None:
    dead = []
    for document in _documents(root):
        for target, _ in LINK.findall(document.read_text()):
            if "://" not in target and not (document.parent / target).exists():
                dead.append(f"{document.name}: {target}")
    assert dead == []


def test_every_file_that_is_named_exists(root: Path) -> None:
    named = re.compile(r"`((?:service|schemas|policies|tests|docs|examples|benchmarks)/[\w./-]*)`")
    missing = []
    for document in _documents(root):
        for path in named.findall(document.read_text()):
            if not (root / path).exists() and "NAME" not in path:
                missing.append(f"{document.name}: {path}")
    assert missing == []


def test_every_json_block_is_json(root: Path) -> None:
    for document in _documents(root):
        for block in blocks(document):
            if block.language == "json":
                json.loads(block.text)


def test_every_make_target_that_is_named_exists(root: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (root / "Makefile").read_text(), re.MULTILINE))
    for document in _documents(root):
        assert set(re.findall(r"`make (\w+)", document.read_text())) <= targets


def test_settings_are_told_with_their_defaults(root: Path) -> None:
    readme = (root / "README.md").read_text()
    defaults = Settings()
    told = {
        name for row in re.findall(r"^\| (`[A-Z_]+`.*?) \|", readme, re.MULTILINE) for name in re.findall(r"\w+", row)
    }
    # The shared folder is handed from serve to its own workers.
    assert told == {field.name.upper() for field in fields(Settings)} - {"SHARED_FOLDER"}
    for default in (defaults.database_url, defaults.rate_limit, defaults.log_level):
        assert f"| `{default}` |" in readme
    assert f"| `{defaults.workers}`, `{defaults.threads}` |" in readme
    assert f"| `{defaults.host}`, `{defaults.port}` |" in readme
    assert (defaults.max_body_bytes, defaults.max_batch_bytes) == (1024 * 1024, 64 * 1024 * 1024)


def _differences(expected: Any, actual: Any, at: str = "") -> Iterator[str]:
    """Where a shortened answer isn't part of the real one; of lists, the first elements."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _differences(value, actual.get(key, "absent"), f"{at}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) <= len(actual):
        for number, value in enumerate(expected):
            yield from _differences(value, actual[number], f"{at}/{number}")
    elif expected != actual:
        yield f"{at}: {actual!r}, the README has {expected!r}"


def _fits(block: Block, answer: str) -> None:
    assert list(_differences(json.loads(block.text), json.loads(answer))) == []


def _apply(diff: str, root: Path) -> None:
    old, new = (line[1:] for line in diff.splitlines())
    path = root / "policies" / "agency" / "parameters.yaml"
    text = path.read_text()
    assert text.count(old + "\n") == 1
    path.write_text(text.replace(old + "\n", new + "\n"))


@pytest.fixture
def clone(root: Path, tmp_path: Path) -> Path:
    """The tree as a newcomer gets it: no environment, no ledger, no caches."""
    return Path(shutil.copytree(root, tmp_path / "clone", ignore=NOT_COPIED))


@pytest.fixture
def port() -> str:
    return str(free_port())


def _run(command: str, folder: Path, port: str, status: int = 0, path: str = os.environ["PATH"]) -> str:
    ended = subprocess.run(
        ["bash", "-euc", command.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("curl -s ", "curl -sf ")],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("curl") is None, reason="the commands use curl")
def test_commands_in_the_other_documents_run(
    root: Path, live_service: str, live_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{live_folder / 'ledger.db'}")
    command = tmp_path / "quotewright"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m service.cli "$@"\n')
    command.chmod(0o755)
    documents = [document for document in _documents(root)[1:] if document.name != "sign-in.md"]
    found = [block for document in documents for block in blocks(document) if block.language == "sh"]
    assert found
    for block in found:
        _run(block.text, root, live_service.rpartition(":")[2], path=f"{tmp_path}:{os.environ['PATH']}")


def _soon_fits(block: Block, command: str, clone: Path, port: str) -> None:
    """Each worker takes the changed book in its own time."""
    expected = json.loads(block.text)
    for _ in range(60):
        if not list(_differences(expected, json.loads(_run(command, clone, port)))):
            return
        time.sleep(0.5)
    _fits(block, _run(command, clone, port))


def _until(text: str, log: Path, process: subprocess.Popen[bytes], seconds: int = 480) -> None:
    for _ in range(seconds):
        if text in log.read_text():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(1)
    pytest.fail(log.read_text())


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's commands use curl")
def test_a_newcomer_gets_through_the_readme(clone: Path, port: str, tmp_path: Path) -> None:
    shell = [block for block in blocks(clone / "README.md") if block.language == "sh"]
    answers = [block for block in blocks(clone / "README.md") if block.language == "json"]
    (diff,) = (block for block in blocks(clone / "README.md") if block.language == "diff")
    start, ask, ask_again, check, test, serve = shell
    assert (start.text, test.text) == ("make run\n", "make test\n")
    log = tmp_path / "log"
    environment = {k: v for k, v in os.environ.items() if k not in OF_THIS_RUN}
    with log.open("wb") as output:
        command = ["make", "run", f"PORT={port}", f"PYTHON={sys.executable}"]
        process = subprocess.Popen(
            command, cwd=clone, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _until("serving until Ctrl-C", log, process)
            assert "outcome: decline" in log.read_text()
            assert f"http://127.0.0.1:{port}/docs" in log.read_text()
            _fits(answers[0], _run(ask.text, clone, port))
            _apply(diff.text, clone)
            _soon_fits(answers[1], ask_again.text, clone, port)
            assert "[budget-of-a-third]" in _run(check.text, clone, port, status=1)
            _run(serve.text, clone, port)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
    assert "==> stopping" in log.read_text()
