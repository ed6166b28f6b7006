"""`quotewright db`: tables moved and checked, copies made while others write, and the way back, proved."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.ledger import Database, Entry, Erasures, Ledger, migrate
from service.ledger.acts import acts
from service.ledger.log.checkpoints import Signer
from service.ledger.log.keys import signer_for
from service.ledger.log.sealing import Sealer
from service.ledger.migrate import newest_revision, roll_back
from tests.cli.conftest import Run
from tests.ledger.conftest import NOON, EntryMaker, empty_url, entry, url  # noqa: F401 - fixtures

LATER = NOON + timedelta(hours=1)
SEED = bytes(range(32))
Filled = tuple[Ledger, list[Entry]]


def seal(ledger: Ledger) -> None:
    Sealer(ledger.database, signer_for(ledger.database, SEED, "a test", NOON), lambda: NOON).seal()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def filled(place: Path, entry: EntryMaker) -> Iterator[Filled]:  # noqa: F811
    """Twenty decisions of four clients, sealed with the key that signs."""
    migrate(f"sqlite:///{place}")
    ledger = Ledger(f"sqlite:///{place}")
    ledger.remember_version("agency", "sha256:1", b"content", NOON)
    reasons = b'"reasons":[{"rule":"a"},{"rule":"b"}]'
    made = [entry(client_id=f"c-{number % 4}", answer=b'{"n":%d,%b}' % (number, reasons)) for number in range(20)]
    ledger.record(made)
    seal(ledger)
    yield ledger, made
    ledger.close()


def entries(database: Path, made: list[Entry]) -> list[Entry | None]:
    ledger = Ledger(f"sqlite:///{database}")
    found = [ledger.find(one.id) for one in made]
    ledger.close()
    return [one.entry if one and one.kept else None for one in found]


def test_tables_are_made_and_moved(run: Run, empty_url: str) -> None:  # noqa: F811
    asked = ("db", "upgrade", "--database", empty_url)
    assert run(*asked).stdout == f"From nothing to {newest_revision()}.\n"
    assert run(*asked).stdout == f"At revision {newest_revision()} already.\n"
    roll_back(empty_url, "0002")
    check = run("db", "check", "--database", empty_url)
    assert (check.exit_code, check.stdout) == (1, "")
    needed = f"the tables are at revision 0002, this version needs {newest_revision()}: `quotewright db upgrade`"
    assert f"revision: {needed}" in check.stderr
    assert run(*asked).stdout == f"From 0002 to {newest_revision()}.\n"
    assert run("db", "check", "--database", empty_url).stdout == f"Sound, at revision {newest_revision()}.\n"


def test_a_database_that_cant_be_moved(run: Run, url: str, tmp_path: Path) -> None:  # noqa: F811
    altered(url, "UPDATE alembic_version SET version_num = '9999'")
    refused = run("db", "upgrade", "--database", url)
    assert refused.exit_code == 1
    assert "a newer version of the service migrated it (revision 9999)" in refused.stderr
    assert run("db", "upgrade", "--database", "mysql://x").exit_code == 2
    assert "is no file" in run("db", "check", "--database", f"sqlite:///{tmp_path}/none.db").stderr


def altered(url: str, *statements: str) -> None:  # noqa: F811
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP INDEX ix_overrides_decision_id", "drift: the tables aren't as the migrations leave them: add_index"),
        ("ALTER TABLE users ADD COLUMN shoe TEXT", "remove_column"),
        ("DELETE FROM policy_versions", "references: 1 rows of decisions name a version that policy_versions.version"),
        ("UPDATE client_keys SET key = NULL", "key-missing: decision "),
        ("UPDATE decisions SET body = NULL", "body-missing: decision "),
    ],
)
def test_what_a_check_finds(run: Run, url: str, entry: EntryMaker, statement: str, told: str) -> None:  # noqa: F811
    ledger = Ledger(url)
    ledger.remember_version("agency", "sha256:1", b"content", NOON)
    ledger.record([entry()])
    ledger.close()
    assert run("db", "check", "--database", url).exit_code == 0
    altered(url, statement)
    found = run("db", "check", "--database", url)
    assert found.exit_code == 1
    assert told in found.stderr
    assert found.stderr.endswith("1 finding.\n")


def test_a_check_finds_broken_pages(run: Run, filled: Filled, place: Path) -> None:
    filled[0].close()
    with sqlite3.connect(place) as database:
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_overrides_decision_id'"
        ).fetchone()
    with place.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\x0a\x00\x00\x00\x09\x00\x00")  # an index page that claims nine cells, and has none
    found = run("db", "check", "--database", f"sqlite:///{place}")
    assert found.exit_code == 1
    assert "pages: " in found.stderr


def test_a_backup_is_one_moment_while_others_write(
    run: Run, filled: Filled, place: Path, entry: EntryMaker, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    """Writers commit seven at a time, under load; each copy holds whole groups, and proves."""
    made, done = filled[1], threading.Event()

    def write() -> None:
        own = Ledger(f"sqlite:///{place}")
        while not done.is_set():
            own.record([entry() for _ in range(7)])
            seal(own)
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [tmp_path / f"copy-{number}.db" for number in range(4)]
        for file in backups:
            printed = run("db", "backup", file, "--database", f"sqlite:///{place}")
            assert printed.exit_code == 0, printed.output
            assert f"sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}\n" in printed.stdout
    finally:
        done.set()
        writer.join()
    counts = []
    for file in backups:
        with sqlite3.connect(file) as copy:
            counts.append(copy.execute("SELECT count(*) FROM decisions").fetchone()[0])
            note = copy.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()[0]
        restored = tmp_path / f"{file.name}.restored"
        result = run("db", "restore", file, "--database", f"sqlite:///{restored}")
        assert result.exit_code == 0, result.output
        assert entries(restored, made) == made
    assert note in printed.stdout
    assert all((count - 20) % 7 == 0 for count in counts)
    assert counts == sorted(counts)


def test_files_are_written_over_only_by_force(run: Run, filled: Filled, place: Path, tmp_path: Path) -> None:
    file, asked = tmp_path / "copy.db", ("--database", f"sqlite:///{place}")
    assert run("db", "backup", file, *asked).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "is there already" in run("db", "backup", file, *asked).stderr
    assert run("db", "backup", file, "--force", *asked).exit_code == 0
    refused = run("db", "restore", file, *asked)
    assert refused.exit_code == 1
    assert "is there already: give another place" in refused.stderr
    assert run("db", "backup", file, "--keys-only", "--without-keys", *asked).exit_code == 2
    assert "No such file or directory" in run("db", "backup", tmp_path / "no" / "copy.db", *asked).stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy.db"]


def test_restored_by_force_nothing_of_before_is_left(
    run: Run, filled: Filled, place: Path, entry: EntryMaker, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    """The log of the file before is still there, as a killed service leaves it."""
    ledger, made = filled
    run("db", "backup", tmp_path / "copy.db", "--database", f"sqlite:///{place}")
    later = entry()
    ledger.record([later])
    assert place.with_name("ledger.db-wal").stat().st_size > 0
    forced = run("db", "restore", tmp_path / "copy.db", "--force", "--database", f"sqlite:///{place}")
    assert forced.exit_code == 0, forced.output
    assert entries(place, [*made, later]) == [*made, None]
    assert [one.name for one in tmp_path.iterdir() if "restoring" in one.name] == []
    assert ledger.find(made[0].id) is not None, "whoever has the old file open finds the new one"


def test_an_erasure_reaches_copies_whose_keys_are_kept_apart(
    run: Run, filled: Filled, place: Path, tmp_path: Path
) -> None:
    ledger, made = filled
    here, there = ("--database", f"sqlite:///{place}"), ("--database", f"sqlite:///{tmp_path}/restored.db")
    copy, keys = tmp_path / "copy.db", tmp_path / "keys.db"
    assert run("db", "backup", copy, "--without-keys", *here).exit_code == 0
    assert "keys of 4 clients" in run("db", "backup", keys, "--keys-only", *here).stdout
    with sqlite3.connect(place) as database:
        secrets = [row[0] for row in database.execute("SELECT key FROM client_keys")]
    assert not any(secret in copy.read_bytes() for secret in secrets)
    assert all(secret in keys.read_bytes() for secret in secrets)
    Erasures(ledger.database).erase("c-2", "u-7", "asked for", LATER)
    assert run("db", "backup", keys, "--keys-only", "--force", *here).exit_code == 0
    refused = run("db", "restore", copy, *there)
    assert refused.exit_code == 1
    assert "made without clients' keys: give their file with --client-keys" in refused.stderr
    restored = run("db", "restore", copy, "--client-keys", keys, *there)
    assert restored.exit_code == 0, restored.output
    assert entries(tmp_path / "restored.db", made) == [one if one.client_id != "c-2" else None for one in made]
    with Database(f"sqlite:///{tmp_path}/restored.db").reads() as connection:
        (act,) = acts(connection)
    assert (act.by, act.details["client_id"]) == ("u-7", "c-2")
    assert run("db", "check", *there).exit_code == 0


def test_keys_of_before_an_erasure_dont_undo_it(run: Run, filled: Filled, place: Path, tmp_path: Path) -> None:
    ledger, made = filled
    here, there = ("--database", f"sqlite:///{place}"), ("--database", f"sqlite:///{tmp_path}/restored.db")
    run("db", "backup", tmp_path / "keys.db", "--keys-only", *here)
    Erasures(ledger.database).erase("c-2", "u-7", "asked for", LATER)
    run("db", "backup", tmp_path / "copy.db", "--without-keys", *here)
    restored = run("db", "restore", tmp_path / "copy.db", "--client-keys", tmp_path / "keys.db", *there)
    assert restored.exit_code == 0, restored.output
    assert entries(tmp_path / "restored.db", made) == [one if one.client_id != "c-2" else None for one in made]


def test_a_copy_that_was_altered_isnt_put_in_place(run: Run, filled: Filled, place: Path, tmp_path: Path) -> None:
    copy, there = tmp_path / "copy.db", tmp_path / "restored.db"
    run("db", "backup", copy, "--database", f"sqlite:///{place}")
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE decisions SET target = 1 WHERE id = ?", (filled[1][3].id,))
    asked = ("db", "restore", copy, "--database", f"sqlite:///{there}")
    refused = run(*asked)
    assert refused.exit_code == 1
    assert f"decision {filled[1][3].id}, log position 3: edited: its row isn't what was sealed" in refused.stderr
    assert "NOT PROVED" in refused.stderr
    assert not there.exists()
    forced = run(*asked, "--unproved")
    assert forced.stdout == f"{there}: 20 records proved, 1 findings\n"
    assert there.exists()


def test_only_the_keys_given_are_trusted(run: Run, filled: Filled, place: Path, tmp_path: Path) -> None:
    copy, there = tmp_path / "copy.db", f"sqlite:///{tmp_path}/restored.db"
    run("db", "backup", copy, "--database", f"sqlite:///{place}")
    known = signer_for(filled[0].database, SEED, "a test", NOON).verifier
    other = Signer(known.name, bytes(32)).verifier
    assert run("db", "restore", copy, "--key", "nothing", "--database", there).exit_code == 2
    refused = run("db", "restore", copy, "--key", other, "--database", there)
    assert "signed by none of the keys given" in refused.stderr
    (tmp_path / "notes").write_text(
        run("db", "backup", tmp_path / "b", "--database", f"sqlite:///{place}").stdout.partition("\n\n")[2]
    )
    asked = ("--key", known, "--checkpoint", tmp_path / "notes", "--database", there)
    restored = run("db", "restore", copy, *asked)
    assert restored.exit_code == 0, restored.output


def test_a_copy_of_an_older_version_is_moved_up(run: Run, filled: Filled, place: Path, tmp_path: Path) -> None:
    ledger, made = filled
    ledger.close()
    roll_back(f"sqlite:///{place}", "0002")
    shutil.copy(place, tmp_path / "old.db")
    restored = run("db", "restore", tmp_path / "old.db", "--database", f"sqlite:///{tmp_path}/restored.db")
    assert restored.stdout == f"{tmp_path}/restored.db: 0 records proved, 21 wait for their seal\n"
    assert entries(tmp_path / "restored.db", made) == made


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_ledger(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    refused = run("db", "restore", tmp_path / "file", "--database", f"sqlite:///{tmp_path}/restored.db")
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert not (tmp_path / "restored.db").exists()
