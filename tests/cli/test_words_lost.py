"""`quotewright db retain` and `clients erase`: what was said loses its words, by whoever may, and that is recorded."""

# ruff: noqa: F811 - fixtures are imported, and named again as arguments
from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.people import Caller, Role
from service.ledger.acts import acts
from tests.cli.conftest import Run
from tests.cli.test_db import Filled, filled, place  # noqa: F401
from tests.ledger.conftest import EntryMaker, entry  # noqa: F401


def test_retain_is_for_finance_and_recorded(
    run: Run, filled: Filled, place: Path, entry: EntryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ledger, _ = filled
    asked = ("db", "retain", "--older-than", 1, "--database", f"sqlite:///{place}")
    assert "run `quotewright init` first" in run(*asked).stderr
    monkeypatch.setattr("service.cli.db.acting_as", lambda database, role: Caller("u-7", "Ole", Role.FINANCE))
    assert run(*asked).stdout == "20 records older than 1 days have lost their words.\n"
    assert run(*asked).stdout == "Nothing is older.\n"
    with ledger.database.reads() as connection:
        assert [(act.kind, act.by) for act in acts(connection)] == [("retention", "u-7")]
    assert run("db", "retain", "--older-than", 0, "--database", f"sqlite:///{place}").exit_code == 2


def test_clients_are_erased_by_finance(run: Run, filled: Filled, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, database = filled[1][2], ("--database", f"sqlite:///{place}")
    asked = ("clients", "erase", "c-2", "--reason", "letter 118", *database)
    assert "run `quotewright init` first" in run(*asked).stderr
    monkeypatch.setattr("service.cli.clients.acting_as", lambda database, role: Caller("u-7", "Ole", Role.FINANCE))
    assert "c-2 in words is erased" in run(*asked).stdout
    assert "Erased before, on 20" in run(*asked).stdout
    assert "Nothing was recorded of a client c-9." in run("clients", "erase", "c-9", "--reason", "x", *database).stderr
    assert run("clients", "erase", "c-2", "--reason", " ", *database).exit_code == 2
    shown = run("decision", "show", made.id, *database)
    assert shown.exit_code == 1
    assert f"What the decision {made.id} said is no longer kept: erased on 20" in shown.stderr
    overridden = run("decision", "override", made.id, "--reason", "x", "--note", "y", "--price", "1.00", *database)
    assert overridden.exit_code == 1
