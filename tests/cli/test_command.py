"""The command itself: version, help that shows how, and the interpreter that it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import service.cli
import service.cli.command


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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["check tests/books/tiny", "test tests/books/tiny", "schema policy", "--help"])
def test_a_full_disk_is_told_in_a_line(root, command):
    ended = subprocess.run(
        f"{sys.executable} -m service.cli {command} >/dev/full",
        cwd=root,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == "standard output can't be written: No space left on device.\n"


@pytest.mark.parametrize("command", ["check tests/books/tiny", "test tests/books/tiny --coverage"])
def test_without_standard_output_the_exit_code_is_the_answer(root, command):
    ended = subprocess.run(
        f"{sys.executable} -m service.cli {command} >&-", cwd=root, shell=True, stderr=subprocess.PIPE, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_an_interrupt_while_the_engine_is_imported(monkeypatch, capsys):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(service.cli.command, "quotewright", interrupted)
    assert service.cli.main() == 1
    assert capsys.readouterr().err == "Aborted!\n"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks /proc for a process's children")
def test_an_interrupt_while_changes_are_tried_leaves_no_trace_of_the_program(root):
    command = [sys.executable, "-m", "service.cli", "test", "policies/agency", "--mutate"]
    with subprocess.Popen(
        command, cwd=root, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        while not children.read_text():
            time.sleep(0.1)
        time.sleep(1)  # until the forks are at work
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the forks too
        _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (1, "\nAborted!\n")


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
