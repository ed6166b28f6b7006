"""Words taken from the record, or brought back, by hand: only an act of the ledger accounts for what is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.ledger import Erasures, Ledger, Overrides
from service.ledger.tables import client_keys
from tests.ledger.conftest import NOON, EntryMaker
from tests.ledger.test_attacks import Kept
from tests.ledger.test_overrides import override

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def kept(ledger: Ledger, url: str, entry: EntryMaker) -> Kept:
    return Kept(ledger, url, entry)


def test_a_body_taken_out(kept: Kept) -> None:
    kept.altered("UPDATE decisions SET body = NULL WHERE id = :id", id=kept.ids[42])
    assert kept.found() == [("body-missing", f"decision {kept.ids[42]}, log position 42")]


def test_a_key_taken_out(kept: Kept, entry: EntryMaker) -> None:
    """By hand, with all that the service would have written beside it but the act."""
    (other,) = kept.ledger.record([entry(client_id="c-2")])
    kept.sealer.seal()
    kept.altered("UPDATE client_keys SET key = NULL, erased_at = created_at, erased_by = 'u-7' WHERE client_id = 'c-2'")
    assert kept.found() == [("key-missing", f"decision {other.decision_id}, log position 300")]


def test_a_key_deleted(kept: Kept, entry: EntryMaker) -> None:
    (other,) = kept.ledger.record([entry(client_id="c-2")])
    kept.sealer.seal()
    kept.altered("DELETE FROM client_keys WHERE client_id = 'c-2'")
    assert kept.found() == [("key-missing", f"decision {other.decision_id}, log position 300")]


def test_a_key_changed(kept: Kept, entry: EntryMaker) -> None:
    (other,) = kept.ledger.record([entry(client_id="c-2")])
    kept.sealer.seal()
    kept.altered("UPDATE client_keys SET key = :key WHERE client_id = 'c-2'", key=bytes(32))
    assert kept.found() == [("unreadable", f"decision {other.decision_id}, log position 300")]


def test_a_key_brought_back_after_its_erasure(kept: Kept, entry: EntryMaker) -> None:
    (other,) = kept.ledger.record([entry(client_id="c-2")])
    asked = select(client_keys.c.key).where(client_keys.c.client_id == "c-2")
    with kept.ledger.database.reads() as connection:
        key = connection.execute(asked).scalar_one()
    Erasures(kept.ledger.database).erase("c-2", "u-7", "asked for", LATER)
    kept.sealer.seal()
    assert kept.found() == []
    kept.altered("UPDATE client_keys SET key = :key WHERE client_id = 'c-2'", key=key)
    assert kept.found() == [("key-returned", f"decision {other.decision_id}, log position 300")]


def test_an_act_made_up(kept: Kept) -> None:
    """It would account for a body that is missing; but nobody sealed it."""
    kept.altered(
        "UPDATE decisions SET body = NULL WHERE id = :id",
        "INSERT INTO ledger_acts (at, act, by, details) VALUES (:at, 'retention', 'system', :details)",
        id=kept.ids[42], at=NOON, details=b'{"before":"2027-01-01T00:00:00+00:00","days":1}',
    )  # fmt: skip
    assert kept.found() == [("inserted", "act 1")]


def test_an_act_deleted(kept: Kept) -> None:
    Erasures(kept.ledger.database).erase("c-1", "u-7", "asked for", LATER)
    kept.sealer.seal()
    kept.altered("DELETE FROM ledger_acts")
    found = kept.found()
    assert ("deleted", "act 1, log position 300") in found
    assert ("key-missing", f"decision {kept.ids[0]}, log position 0") in found
    assert len(found) == 301


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_note_taken_out(kept: Kept) -> None:
    found = kept.ledger.find(kept.ids[0])
    assert found is not None
    noted = override(found.entry)
    Overrides(kept.ledger.database).add(noted)
    kept.sealer.seal()
    kept.altered("UPDATE overrides SET body = NULL")
    assert kept.found() == [("body-missing", f"override {noted.id}, log position 300")]
