"""Databases of either kind move up and down, filled or empty, and end where the tables of the code say."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

from service.domain.afterwards import Ending
from service.ledger import Erasures, Ledger, LedgerUnavailable, Outcomes, Overrides, migrate, new_decision_id
from service.ledger.acts import acts
from service.ledger.log.checkpoints import Signer
from service.ledger.log.findings import findings
from service.ledger.log.keys import signer_for
from service.ledger.log.sealing import Sealer
from service.ledger.log.verifying import Verification
from service.ledger.migrate import newest_revision, roll_back
from service.ledger.retention import Retention
from service.ledger.tables import metadata
from tests.ledger.conftest import NOON
from tests.ledger.test_overrides import override

SIGNER = Signer("quotewright.test/ledger", bytes(range(32)))
ANSWER = b'{"reasons":[{"rule":"a"},{"rule":"b"}]}'
MOVED = """
import resource, sys
from service.ledger.migrate import migrate, roll_back
migrate(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
roll_back(sys.argv[1], "0002")
migrate(sys.argv[1])
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
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


def the_ledger_as_it_is(ledger, decided):
    """What can be asked of it, but for salts and leaves, which are made anew on the way."""
    found = [ledger.find(one.id) for one in decided]
    beside = [(Overrides(ledger.database).of(one.id), Outcomes(ledger.database).of(one.id)) for one in decided]
    return [(one.entry, one.kept) for one in found], beside


def sealed_and_proved(ledger):
    sealer = Sealer(ledger.database, SIGNER, lambda: NOON)
    while sealer.seal():
        pass
    *found, last = Verification(ledger.database, [SIGNER.verifier], (), NOON).whole()
    assert findings(found) == []
    return last.leaves


BYTES = st.binary(max_size=300)
REASONS = st.lists(st.sampled_from(["first-rule", "second", "third/row-4"]), max_size=3, unique=True)


@given(
    told=st.lists(
        st.tuples(BYTES, BYTES, REASONS, st.sampled_from(["c-1", "c-2", "Žaneta ☂"]), st.booleans()), max_size=8
    )
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_kept_is_the_same_to_the_byte_after_down_and_up(ledger, url, entry, told):
    """Down to the first revision, where requests and answers stood unpacked in the row; and up again."""
    decided = []
    for request, facts, rules, client, keyed in told:
        answer = orjson.dumps({"reasons": [{"rule": rule} for rule in rules], "request": request.hex()})
        key = os.urandom(8).hex() if keyed else None
        decided.append(
            entry(
                client_id=client, request=request, facts=facts, answer=answer, rules=tuple(rules), idempotency_key=key
            )
        )
    ledger.record(decided)
    before = the_ledger_as_it_is(ledger, decided)
    ledger.close()
    roll_back(url, "0001")
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, request, facts, answer FROM decisions")).all()
    engine.dispose()
    kept = {row.id: (bytes(row.request), bytes(row.facts), bytes(row.answer)) for row in rows}
    assert all(kept[one.id] == (one.request, one.facts, one.answer) for one in decided)
    migrate(url)
    assert the_ledger_as_it_is(ledger, decided) == before
    assert sealed_and_proved(ledger) == len(kept)


def test_a_ledger_in_use_goes_down_and_up(ledger, url, entry):
    """With an override, an outcome, an erasure, a retention, and the key that signs; what is gone doesn't come back."""
    day = timedelta(days=1)
    old = entry(id=new_decision_id(NOON - 90 * day), recorded_at=NOON - 90 * day)
    decided = [entry(client_id=f"c-{n % 3}", answer=ANSWER) for n in range(30)] + [replace(old, answer=ANSWER)]
    ledger.record(decided)
    Overrides(ledger.database).add(override(decided[0]))
    ending = Ending(result="lost", final_amount=None, happened_on=date(2026, 3, 2), why="Ann left", hassle=None)
    Outcomes(ledger.database).add(decided[1].id, ending, "u-1", new_decision_id(NOON), NOON)
    Erasures(ledger.database).erase("c-2", "u-7", "asked for", NOON)
    Retention(ledger.database).drop(30, "system", NOON)
    signer_for(ledger.database, bytes(range(32)), "a test", NOON)
    leaves = 31 + 2 + 2 + 1
    assert sealed_and_proved(ledger) == leaves
    before = the_ledger_as_it_is(ledger, decided)
    ledger.close()

    roll_back(url, "0003")
    migrate(url)
    assert the_ledger_as_it_is(ledger, decided) == before
    assert sealed_and_proved(ledger) == leaves
    ledger.close()

    roll_back(url, "0002")
    migrate(url)
    entries, beside = before
    without = [(one if kept else replace(one, rules=()), kept) for one, kept in entries]
    assert the_ledger_as_it_is(ledger, decided) == (without, beside), "rules were told by the answers, where these are"
    with ledger.database.reads() as connection:
        told = [(act.kind, act.by) for act in acts(connection)]
    assert told == [("erasure", "migration"), ("retention", "migration")]
    assert sealed_and_proved(ledger) == leaves
    Erasures(ledger.database).erase("c-0", "u-7", "asked for", NOON)
    ledger.record([entry(client_id="c-2")])
    assert sealed_and_proved(ledger) == leaves + 2


def test_a_large_database_moves_in_little_memory(ledger, url, entry):
    """Forty megabytes of requests that don't compress, moved down and up by a process that may hold little of them."""
    for _ in range(20):
        ledger.record([entry(request=os.urandom(20_000), answer=ANSWER) for _ in range(100)])
    ledger.close()
    moved = subprocess.run([sys.executable, "-c", MOVED, url], capture_output=True, text=True, check=True)
    before, after = map(int, moved.stdout.split())
    assert after - before < 40_000, f"{before} kB before, {after} kB at the most"
