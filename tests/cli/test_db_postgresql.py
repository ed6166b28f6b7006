"""`quotewright db` where PostgreSQL's own tools make the copies: it prints their commands."""

# ruff: noqa: F811 - fixtures are imported, and named again as arguments
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from service.ledger import Ledger, new_decision_id
from tests.cli.conftest import Run
from tests.cli.test_db import seal
from tests.ledger.conftest import NOON, EntryMaker, empty_url, entry, url  # noqa: F401


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="PostgreSQL's own tools are needed")
@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("apart", [False, True])
def test_postgresql_goes_by_its_own_tools(
    run: Run, url: str, postgres: dict[str, str], entry: EntryMaker, tmp_path: Path, apart: bool
) -> None:  # fmt: skip
    """The commands that are printed, one after another, into another database."""
    ledger, made = Ledger(url), entry()
    ledger.remember_version("agency", "sha256:1", b"content", NOON)
    ledger.record([made])
    seal(ledger)
    ledger.close()
    for kind in ("--without-keys", "--keys-only") if apart else ("",):
        told = run("db", "backup", tmp_path / "x", *([kind] if kind else []), "--database", url)
        assert told.exit_code == 1
        shell(commands(told.stderr), tmp_path)
    other = make_url(url).set(database=f"quotewright_test_{new_decision_id(NOON).replace('-', '')}")
    server = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{other.database}"')
        try:
            told = run("db", "restore", tmp_path / "ledger.dump" if not apart else tmp_path / "keys.dump",
                       "--database", other.render_as_string())  # fmt: skip
            given = [line for line in commands(told.stderr) if apart or "keys.dump" not in line]
            shell([line.partition("   (")[0] for line in given], tmp_path)
            assert run("db", "check", "--database", other.render_as_string()).exit_code == 0
            restored = Ledger(other.render_as_string())
            found = restored.find(made.id)
            assert found is not None
            assert found.entry == made
            restored.close()
        finally:
            connection.exec_driver_sql(f'DROP DATABASE "{other.database}" WITH (FORCE)')
    server.dispose()


@pytest.mark.parametrize(
    "asked", [("backup", "x", "--without-keys"), ("backup", "x", "--keys-only"), ("restore", __file__)]
)
def test_the_commands_of_postgresql_are_those_of_the_docs(run: Run, root: Path, asked: tuple[str, ...]) -> None:
    place = f"postgresql://quotes:secret@db.example/{'restored' if asked[0] == 'restore' else 'quotes'}"
    told = run("db", *asked, "--database", place)
    page = (root / "docs" / "database.md").read_text()
    assert "secret" not in told.output
    for line in commands(told.stderr):
        assert line.partition("   (")[0] in page


def commands(told: str) -> list[str]:
    return [line.strip() for line in told.splitlines() if line.startswith("  pg_")]


def shell(lines: list[str], folder: Path) -> None:
    assert lines
    for line in lines:
        ended = subprocess.run(["bash", "-ec", line], cwd=folder, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
