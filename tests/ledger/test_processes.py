"""Several processes on one ledger: they race for a key, fork with it, and die in the middle of a write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.ledger import Ledger, migrate

ROOT = Path(__file__).parents[2]


def _start(mode, url, name):
    command = [sys.executable, "-u", str(Path(__file__).with_name("writer.py")), mode, url, name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def test_two_processes_race_for_the_same_keys(ledger, url, count):
    racers = [_start("race", url, name) for name in "ab"]
    assert [racer.stdout.readline() for racer in racers] == ["ready\n", "ready\n"]
    for round_ in range(40):
        for racer in racers:
            racer.stdin.write(f"{round_}\n")
            racer.stdin.flush()
        told = [racer.stdout.readline().split() for racer in racers]
        assert [len(line) for line in told] == [5, 5]
        for one, other in zip(*told, strict=True):
            assert one.split(":")[0] == other.split(":")[0]
            assert {one.split(":")[1], other.split(":")[1]} == {"new", "replayed"}
    for racer in racers:
        racer.stdin.close()
        assert racer.wait(20) == 0
        racer.stdout.close()
    assert count() == 200


@pytest.mark.parametrize("acknowledged_first", [1, 5, 20])
def test_killed_in_the_middle_of_a_write(ledger, url, entry, acknowledged_first):
    writer = _start("batch", url, "w")
    seen = [writer.stdout.readline() for _ in range(acknowledged_first)]
    writer.send_signal(signal.SIGKILL)
    seen += writer.stdout.readlines()
    assert writer.wait(20) == -signal.SIGKILL
    writer.stdin.close()
    writer.stdout.close()
    acknowledged = {f"w-{line.strip()}" for line in seen if line.endswith("\n")}

    assert ledger.record([entry()])[0].replayed is False, "a dead writer must not leave its lock behind"
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = Counter(connection.scalars(text("SELECT caller FROM decisions WHERE caller LIKE 'w-%'")))
    engine.dispose()
    assert acknowledged <= set(rows)
    assert set(rows.values()) == {7}
    assert len(rows) <= len(acknowledged) + 1


def test_a_ledger_used_before_the_fork_works_on_both_sides(url, ledger, count):
    """In a process of its own: whatever other threads of this one hold, a fork would hold for ever."""
    ledger.ready()
    forking = _start("fork", url, "f")
    told, _ = forking.communicate(timeout=120)
    assert (told, forking.returncode) == ("[0, 0, 0]\n", 0)
    assert count() == 81


def test_closed_and_used_again(ledger, entry, count):
    ledger.record([entry()])
    ledger.close()
    ledger.close()
    ledger.record([entry()])
    assert count() == 2


def test_sqlite_files_are_set_up_to_survive_power_loss(tmp_path):
    from service.ledger.engine import connect, database_url

    migrate(f"sqlite:///{tmp_path}/ledger.db")
    engine = connect(database_url(f"sqlite:///{tmp_path}/ledger.db"))
    with engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 1, 10_000]
    assert isinstance(Ledger(f"sqlite:///{tmp_path}/ledger.db"), Ledger)
