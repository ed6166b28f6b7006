"""Databases of either kind move up and down, filled or empty, and end where the tables of the code say."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from service.ledger import Ledger, LedgerUnavailable, migrate
from service.ledger.migrate import newest_revision, roll_back
from service.ledger.tables import metadata

MIGRATE = "import sys; from service.ledger import migrate; migrate(sys.argv[1])"


def test_migrations_and_tables_agree(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        names = {c["name"] for c in inspect(connection).get_unique_constraints("decisions")}
        keys = {c["name"] for c in inspect(connection).get_foreign_keys("decisions")}
    engine.dispose()
    declared = {c.name for c in metadata.tables["decisions"].constraints if c.name}
    # SQLAlchemy doesn't see the name of a constraint that SQLite got with an added column.
    unseen = {"fk_decisions_key_id"} if url.startswith("sqlite") else set()
    assert (names | keys) - {None} == declared - {"pk_decisions"} - unseen


def test_up_again_changes_nothing(ledger, url, entry):
    kept = entry()
    ledger.record([kept])
    migrate(url)
    assert ledger.find(kept.id).entry == kept


def test_down_and_up_on_a_filled_database(ledger, url, entry):
    ledger.record([entry(idempotency_key=str(n)) for n in range(20)])
    roll_back(url, "base")
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    with pytest.raises(LedgerUnavailable, match="missing"):
        ledger.ready()
    migrate(url)
    ledger.ready()
    ledger.remember_version("agency", "sha256:1", b"content", entry().recorded_at)
    assert ledger.record([entry(idempotency_key="1")])[0].replayed is False


def test_several_starters_at_once(empty_url):
    starters = [subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url]) for _ in range(4)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0, 0]
    Ledger(empty_url).ready()


def test_a_database_of_a_newer_version_is_left_alone(url):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(LedgerUnavailable, match=r"newer version of the service migrated it \(revision 9999\)"):
        migrate(url)
    with pytest.raises(LedgerUnavailable, match=f"at revision 9999, this version needs {newest_revision()}"):
        Ledger(url).ready()


def test_a_failing_migration_leaves_nothing(empty_url):
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE decisions (mine INTEGER)"))  # in the way of the second table
    with pytest.raises(LedgerUnavailable, match="decisions"):
        migrate(empty_url)
    assert inspect(engine).get_table_names() == ["decisions"]
    engine.dispose()


def test_a_missing_folder_is_made(tmp_path):
    url = f"sqlite:///{tmp_path}/a/b/ledger.db"
    migrate(url)
    Ledger(url).ready()
