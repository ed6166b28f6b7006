"""The command itself: version, help that shows how, and the interpreter that it needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import service.cli


@pytest.mark.parametrize("command", [(), ("evaluate",), ("check",), ("serve",)])
def test_help_shows_examples_and_exit_codes(run, command):
    result = run(*command, "--help")
    assert result.exit_code == 0
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[lines.index("Examples:") + 1].startswith("quotewright ")
    for told in ("Exit codes: 0 ", "; 1 ", "; 2 wrong usage"):
        assert told in result.stdout


def test_version(run):
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("quotewright, version ")


def test_an_unknown_command(run):
    result = run("quote")
    assert result.exit_code == 2
    assert "No such command 'quote'" in result.stderr


def test_as_a_module(root):
    ended = subprocess.run(
        [sys.executable, "-m", "service.cli", "check", "tests/books/tiny"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "is sound" in ended.stdout


def test_a_closed_pipe_is_no_fault(root):
    ended = subprocess.run(
        f"{sys.executable} -m service.cli check tests/books/tiny | true",
        cwd=root,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""


def test_a_terminal_without_the_sign(root, asked):
    command = [sys.executable, "-m", "service.cli", "evaluate", asked(), "--book", "tests/books/tiny"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert r"\u20ac" in ended.stdout


def test_a_newer_python_is_refused_before_the_engine_is_imported(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 13, 1, "final", 0))
    assert service.cli.main() == 1
    assert "needs Python 3.11 or 3.12, and this is 3.13.1" in capsys.readouterr().err
