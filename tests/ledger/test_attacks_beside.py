"""What stands beside decisions is proved as they are: overrides, outcomes, steps of versions, sign-ins, keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from service.domain.identities import SignIn
from service.domain.steps import Kind
from service.ledger import Ledger, NewStep, Outcomes, Overrides, People, PolicyRegister
from service.ledger.log.checkpoints import Signer
from service.ledger.log.findings import findings
from service.ledger.log.keys import known_keys, signer_for
from service.ledger.log.sealing import Sealer
from service.ledger.log.verifying import Verification, sealed_between
from service.ledger.tables import log_nodes
from tests.ledger.conftest import NOON, EntryMaker
from tests.ledger.test_outcomes import tell, won
from tests.ledger.test_overrides import override

SEED, NEXT_SEED = bytes(range(32)), bytes(32)


@dataclass
class Kept:
    """One record of each kind, sealed one after another; the key's own comes first."""

    ledger: Ledger
    url: str
    signer: Signer
    sealer: Sealer

    def altered(self, statement: str) -> None:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement))
        engine.dispose()

    def found(self, *signers: Signer) -> list[tuple[str, str]]:
        keys = [signer.verifier for signer in signers or (self.signer,)]
        told = Verification(self.ledger.database, keys, (), NOON).whole()
        return [(one.code, one.place.partition(",")[0].partition(" ")[0]) for one in findings(told)]


@pytest.fixture
def kept(ledger: Ledger, url: str, entry: EntryMaker) -> Kept:
    signer = signer_for(ledger.database, SEED, "a test", NOON)
    sealer = Sealer(ledger.database, signer, lambda: NOON)
    decided = entry()
    ledger.record([decided])
    Overrides(ledger.database).add(override(decided))
    tell(Outcomes(ledger.database), decided, won())
    step = NewStep(book="agency", version="sha256:1", kind=Kind.DRAFTED, by="u-1", role="manager")
    assert PolicyRegister(ledger.database).append(step, 0, NOON)
    with People(ledger.database).noting() as roster:
        roster.note(SignIn(at=NOON, event="came in", name_digest="digest", user_id=None, by="page"))
    sealer.seal()
    return Kept(ledger, url, signer, sealer)


def test_untouched_each_is_found_right(kept: Kept) -> None:
    assert kept.found() == []


EDITED = [
    ("overrides", "override", "reason = 'other'"),
    ("overrides", "override", "changes = :bytes"),
    ("overrides", "override", "body = :bytes"),
    ("overrides", "override", "by = 'u-2'"),
    ("outcomes", "outcome", "final_amount = 1"),
    ("outcomes", "outcome", "result = 'lost'"),
    ("outcomes", "outcome", "body_digest = 'x'"),
    ("policy_steps", "policy-step", "by = 'u-2'"),
    ("policy_steps", "policy-step", "effective_from = '2026-01-01'"),
    ("policy_steps", "policy-step", "details = :bytes"),
    ("sign_ins", "sign-in", "event = 'failed'"),
    ("sign_ins", "sign-in", "by = 'nobody'"),
    ("ledger_keys", "ledger-key", "by = 'nobody'"),
]


@pytest.mark.parametrize(("table", "kind", "change"), EDITED)
def test_an_edited_one(kept: Kept, table: str, kind: str, change: str) -> None:
    literal = "'\\x41'" if kept.url.startswith("postgresql") else "x'41'"
    kept.altered(f"UPDATE {table} SET {change.replace(':bytes', literal)}")
    assert kept.found() == [("edited", kind)]


@pytest.mark.parametrize(("table", "kind"), sorted({(table, kind) for table, kind, _ in EDITED}))
def test_a_deleted_one(kept: Kept, table: str, kind: str) -> None:
    kept.altered(f"DELETE FROM {table}")
    assert kept.found() == [("deleted", kind)]


def test_an_inserted_sign_in(kept: Kept) -> None:
    kept.altered(
        "INSERT INTO sign_ins (at, event, name_digest, by) SELECT at, event, name_digest, 'forger' FROM sign_ins"
    )
    assert kept.found() == [("inserted", "sign-in")]


def test_another_key_takes_over(kept: Kept, entry: EntryMaker) -> None:
    following = Signer(kept.signer.verifier.name, NEXT_SEED)
    later = Sealer(kept.ledger.database, kept.signer, lambda: NOON + timedelta(minutes=1))
    assert later.hand_over(following, "u-ada") is not None
    assert kept.sealer.hand_over(following, "u-ada") is None
    assert [(key.verifier, key.by) for key in known_keys(kept.ledger.database)] == [
        (kept.signer.verifier, "system"), (following.verifier, "u-ada")
    ]  # fmt: skip
    kept.ledger.record([entry()])
    Sealer(kept.ledger.database, following, lambda: NOON).seal()
    assert kept.found(kept.signer, following) == []
    # The checkpoint that both signed covers all that the old key alone has signed.
    assert kept.found(following) == []
    assert kept.found(kept.signer) == [("bad-checkpoint", "checkpoint")]


def test_what_only_a_lost_key_signed_is_no_proof(kept: Kept, entry: EntryMaker) -> None:
    """Whoever stole the old key can't go on with it, in the eyes of those who trust the new one."""
    following = Signer(kept.signer.verifier.name, NEXT_SEED)
    kept.sealer.hand_over(following, "u-ada")
    kept.ledger.record([entry()])
    kept.sealer.seal()
    assert kept.found(following) == [("bad-checkpoint", "checkpoint")]


def test_a_leaf_taken_out_of_a_range_with_its_row(kept: Kept, entry: EntryMaker) -> None:
    made = kept.ledger.record([entry() for _ in range(600)])
    kept.sealer.seal()
    verification = Verification(kept.ledger.database, [kept.signer.verifier], (), NOON)
    assert findings(verification.range(0, 606)) == []
    gone = made[94].decision_id
    kept.altered(f"DELETE FROM decisions WHERE id = '{gone}'")
    kept.altered(f"DELETE FROM log WHERE record_id = '{gone}'")
    assert [(one.code, one.place) for one in findings(verification.range(50, 150))] == [("log-gap", "log position 100")]
    assert ("log-gap", "log") in kept.found()


def test_an_edit_with_leaf_and_tile_worked_out_again_in_a_range(kept: Kept, entry: EntryMaker) -> None:
    """Whatever is stored in the tree, the head is met by the leaves."""
    from service.domain.merkle import subtree
    from service.ledger.log.leaves import KINDS, leaf
    from service.ledger.log.tree import stored_nodes

    made = kept.ledger.record([entry() for _ in range(600)])
    kept.sealer.seal()
    kept.altered(f"UPDATE decisions SET target = 1 WHERE id = '{made[0].decision_id}'")
    kind = KINDS["decision"]
    with kept.ledger.database.writes() as connection:
        asked = kind.table.select().where(kind.key == made[0].decision_id)
        (row,) = connection.execute(asked).mappings().all()
        connection.execute(
            text("UPDATE log SET leaf = :leaf WHERE record_id = :id"), {"leaf": leaf(kind, row), "id": row["id"]}
        )
        made_anew = subtree(stored_nodes(connection, 0, 0, 256))
        connection.execute(log_nodes.update().where(log_nodes.c.index == 0).values(hash=made_anew))
    verification = Verification(kept.ledger.database, [kept.signer.verifier], (), NOON)
    assert [one.code for one in findings(verification.range(0, 100))] == ["log-rewritten"]


def test_a_hash_high_in_the_tree(kept: Kept) -> None:
    from service.domain.merkle import subtree
    from service.ledger.log.verifying import _higher

    below = [bytes([n]) * 32 for n in range(256)]
    stored = [{"level": 8, "index": n, "hash": hash} for n, hash in enumerate(below)]
    with kept.ledger.database.writes() as connection:
        connection.execute(log_nodes.insert(), [*stored, {"level": 16, "index": 0, "hash": subtree(below)}])
        assert list(_higher(connection, 65_536)) == []
        connection.execute(log_nodes.update().where(log_nodes.c.level == 16).values(hash=bytes(32)))
        (found,) = _higher(connection, 65_536)
    assert (found.code, found.place) == ("tree-differs", "log positions 0 to 65535")


def test_days_are_found_by_the_times_of_seals(kept: Kept, entry: EntryMaker) -> None:
    day = timedelta(days=1)
    for days in (1, 2):
        kept.ledger.record([entry(), entry()])
        Sealer(kept.ledger.database, kept.signer, lambda days=days: NOON + days * day).seal()
    database, midnight = kept.ledger.database, NOON.replace(hour=0)
    assert sealed_between(database, midnight, midnight + day) == (0, 8)
    assert sealed_between(database, midnight + day, midnight + 2 * day) == (6, 10)
    assert sealed_between(database, midnight + 2 * day, midnight + 3 * day) == (8, 10)


def test_behind_a_gap_records_are_still_looked_at(kept: Kept, entry: EntryMaker) -> None:
    made = kept.ledger.record([entry(), entry()])
    kept.sealer.seal()
    kept.altered(f"DELETE FROM log WHERE record_id = '{made[0].decision_id}'")
    kept.altered(f"UPDATE decisions SET target = 1 WHERE id = '{made[1].decision_id}'")
    assert [code for code, _ in kept.found()] == ["edited", "log-gap", "inserted"]
