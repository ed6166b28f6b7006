"""A database that is away, locked, full or foreign is one kind of fault, told in words, and nothing is half written."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sqlite3
import time

import pytest
from sqlalchemy import create_engine, make_url, text

from service.ledger import Ledger, LedgerUnavailable, LedgerUrlRefused, migrate
from service.ledger.away import MOMENT_SECONDS
from service.ledger.turn import Turn


@pytest.fixture
def impatient(url):
    """The same database, with a fifth of a second of patience for its locks."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return where.update_query_dict({"timeout": "0.2"}).render_as_string()
    return where.update_query_dict({"options": "-c lock_timeout=200ms"}).render_as_string(hide_password=False)


def test_locked_by_another(ledger, url, impatient, entry, count):
    other = create_engine(url)
    lock = "BEGIN IMMEDIATE" if url.startswith("sqlite") else "LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE"
    hasty = Ledger(impatient)
    with other.connect() as connection:
        connection.exec_driver_sql(lock)
        with pytest.raises(LedgerUnavailable, match="lock"):
            hasty.record([entry(), entry()])
        connection.rollback()
    other.dispose()
    assert count() == 0
    assert hasty.record([entry()])[0].replayed is False
    hasty.close()


def test_writers_behind_one_that_waits_give_up_in_their_turn(tmp_path):
    turn = Turn(tmp_path / "turn", 0.05)
    with turn.taken(), pytest.raises(TimeoutError), turn.taken():
        pass
    with turn.taken():
        pass
    turn.close()


def test_tables_missing(empty_url, entry):
    ledger = Ledger(empty_url)
    with pytest.raises(LedgerUnavailable, match="missing"):
        ledger.ready()
    with pytest.raises(LedgerUnavailable, match=r"client_keys|missing"):
        ledger.record([entry()])
    ledger.close()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_server_that_cut_the_connection_is_reached_again(ledger, url, entry):
    ledger.record([entry()])
    engine = create_engine(url)
    with engine.connect() as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
        )
        assert connection.scalars(text(others), {"name": make_url(url).database}).all() == [True]
    engine.dispose()
    assert ledger.record([entry()])[0].replayed is False


def test_no_server(entry):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"postgresql://someone:secret@127.0.0.1:{free.getsockname()[1]}/ledger"
        for attempt in (Ledger(url).ready, lambda: Ledger(url).record([entry()]), lambda: migrate(url)):
            with pytest.raises(LedgerUnavailable, match="refused") as fault:
                attempt()
            assert "someone:***@127.0.0.1" in str(fault.value)
            assert "secret" not in str(fault.value)


def test_a_file_that_is_no_database(tmp_path, entry):
    (tmp_path / "ledger.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerUnavailable, match="not a database"):
        Ledger(f"sqlite:///{tmp_path}/ledger.db").record([entry()])


def test_a_file_removed_under_an_open_ledger(tmp_path, entry):
    """What would be written to a file that nobody can open again isn't acknowledged; put back, it serves on."""
    url, file = f"sqlite:///{tmp_path}/ledger.db", tmp_path / "ledger.db"
    migrate(url)
    ledger = Ledger(url)
    ledger.remember_version("agency", "sha256:1", b"content", entry().recorded_at)
    before = ledger.record([entry()])[0].decision_id
    file.rename(tmp_path / "elsewhere.db")
    for attempt in (ledger.ready, lambda: ledger.record([entry()])):
        with pytest.raises(LedgerUnavailable, match="file is missing"):
            attempt()
    assert not file.exists()
    (tmp_path / "elsewhere.db").rename(file)
    after = ledger.record([entry()])[0].decision_id
    ledger.close()
    with sqlite3.connect(file) as database:
        assert {row[0] for row in database.execute("SELECT id FROM decisions")} == {before, after}


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(LedgerUnavailable, match="missing"):
        Ledger(f"sqlite:///{tmp_path}/nowhere/ledger.db").ready()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerUnavailable, match="folder can't be made"):
        migrate(f"sqlite:///{tmp_path}/file/ledger.db")


def test_a_full_disk(tmp_path, entry):
    """A process that may not grow a file past a limit records until it can't; what it acknowledged is all there."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    migrate(url)
    Ledger(url).remember_version("agency", "sha256:1", b"content", entry().recorded_at)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_fill(Ledger(url), entry, writing))
    os.close(writing)
    acknowledged = os.fdopen(reading).read().split()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(acknowledged) >= 2
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert {row[0] for row in database.execute("SELECT id FROM decisions")} == set(acknowledged)


def _fill(ledger, entry, writing):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    for _ in range(1000):
        pair = [entry(answer=os.urandom(20_000)), entry(answer=os.urandom(20_000))]
        try:
            ledger.record(pair)
        except LedgerUnavailable:
            return 0
        os.write(writing, "".join(f"{made.id}\n" for made in pair).encode())
    return 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "write sqlite:///FILE"),
        ("ledger.db", "write sqlite:///FILE"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("mysql://root@localhost/ledger", "works with sqlite"),
        ("postgresql://host:notaport/ledger", "write sqlite:///FILE"),
    ],
)
def test_urls_refused(url, why):
    with pytest.raises(LedgerUrlRefused, match=why):
        Ledger(url)


def test_a_refused_url_hides_its_password():
    with pytest.raises(LedgerUrlRefused) as refused:
        Ledger("mysql://root:secret@localhost/ledger")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_any_of_its_names(scheme):
    Ledger(f"{scheme}://someone@localhost/ledger")


def test_who_asks_just_after_one_that_waited_in_vain_is_told_at_once(entry):
    """A server that takes the connection and never says a word."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(20)
        ledger = Ledger(f"postgresql://someone@127.0.0.1:{mute.getsockname()[1]}/ledger?connect_timeout=2")
        waited = []
        for attempt in (ledger.ready, ledger.ready, lambda: ledger.record([entry()])):
            begun = time.monotonic()
            with pytest.raises(LedgerUnavailable):
                attempt()
            waited.append(time.monotonic() - begun)
        assert waited[0] > 1.5
        assert max(waited[1:]) < 0.5
        time.sleep(MOMENT_SECONDS)
        begun = time.monotonic()
        with pytest.raises(LedgerUnavailable):
            ledger.ready()
        assert time.monotonic() - begun > 1.5
