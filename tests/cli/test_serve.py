"""`quotewright serve`: it answers, and what would keep it from answering is told before gunicorn starts."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import httpx
import pytest


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def no_gunicorn(monkeypatch):
    """Fails a test that gets as far as handing over."""

    def handed_over(*arguments):
        raise AssertionError(arguments)

    monkeypatch.setattr(os, "execve", handed_over)


def test_it_serves_migrates_and_stops(root, tmp_path, free, tiny):
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(free), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(root), "POLICY_BOOK": str(tiny)}
    environment.pop("DATABASE_URL", None)
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        try:
            _await(f"http://127.0.0.1:{free}/healthz", service, tmp_path / "log")
            assert httpx.get(f"http://127.0.0.1:{free}/readyz").status_code == 200
        finally:
            service.send_signal(signal.SIGTERM)
            assert service.wait(30) == 0
    with sqlite3.connect(tmp_path / "var" / "quotewright.db") as database:
        assert database.execute("SELECT count(*) FROM decisions").fetchone() == (0,)


def _await(address, service, log):
    for _ in range(600):
        assert service.poll() is None, log.read_text()
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(log.read_text())


def test_hands_over_to_gunicorn_with_what_was_asked(run, monkeypatch, tmp_path, free, tiny):
    class HandedOver(SystemExit):
        pass

    def execve(program, command, environment):
        raise HandedOver(
            repr((program, command, [environment[n] for n in ("PORT", "HOST", "WORKERS", "DATABASE_URL")]))
        )

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setenv("POLICY_BOOK", str(tiny))
    monkeypatch.setenv("PORT", "1")
    url = f"sqlite:///{tmp_path}/l.db"
    result = run("serve", "--port", free, "--host", "127.0.0.1", "--workers", 3, "--database", url)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.gunicorn_conf", "wsgi:app"]
    assert str(result.exception) == repr((sys.executable, command, [str(free), "127.0.0.1", "3", url]))


@pytest.mark.usefixtures("no_gunicorn")
class TestBeforeGunicorn:
    def test_a_broken_book(self, run, tiny, monkeypatch, free, tmp_path):
        (tiny / "options.yaml").write_text("options: [{id: 7}]\n")
        monkeypatch.setenv("POLICY_BOOK", str(tiny))
        result = run("serve", "--port", free, "--database", f"sqlite:///{tmp_path}/ledger.db")
        assert result.exit_code == 1
        assert f"{tiny}/options.yaml:1:" in result.stderr
        assert not (tmp_path / "ledger.db").exists()

    def test_a_port_in_use(self, run, taken, tmp_path):
        result = run("serve", "--port", taken, "--database", f"sqlite:///{tmp_path}/ledger.db")
        assert result.exit_code == 1
        assert f"127.0.0.1:{taken} can't be listened on: Address already in use" in result.stderr
        assert "--port" in result.stderr

    def test_an_address_beyond_this_machine_with_sign_in_off(self, run, free):
        result = run("serve", "--port", free, "--host", "0.0.0.0")
        assert result.exit_code == 2
        assert "set SIGN_IN=on and make the first admin with `quotewright init`" in result.stderr

    def test_an_address_of_another_machine(self, run, free, monkeypatch):
        monkeypatch.setenv("SIGN_IN", "on")
        result = run("serve", "--port", free, "--host", "192.0.2.1")
        assert result.exit_code == 1
        assert "192.0.2.1" in result.stderr

    def test_no_database(self, run, free, tmp_path):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            url = f"postgresql://someone:secret@127.0.0.1:{port}/ledger"
            result = run("serve", "--port", free, "--database", url)
        assert result.exit_code == 1
        assert f"127.0.0.1:{port}/ledger can't be used" in result.stderr
        assert "DATABASE_URL" in result.stderr
        assert "secret" not in result.output

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--port", "0"),
            ("--port", "web"),
            ("--workers", "0"),
            ("--database", "mysql://localhost/ledger"),
            ("--database", "sqlite://"),
            ("--database", "ledger.db"),
            ("now",),
        ],
    )
    def test_wrong_usage(self, run, arguments, free):
        result = run("serve", *(() if "--port" in arguments else ("--port", free)), *arguments)
        assert result.exit_code == 2, result.output
        assert "Usage: quotewright serve" in result.stderr

    def test_a_variable_that_cannot_be_used(self, run, monkeypatch):
        monkeypatch.setenv("WORKERS", "many")
        result = run("serve")
        assert result.exit_code == 2
        assert "WORKERS='many' can't be used: write a whole number" in result.stderr
