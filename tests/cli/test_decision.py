"""`quotewright decision`: looking at a recorded decision, overriding it, telling how its quote ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from service.cli.decision_text import print_decision
from service.domain.decision import FromBooks
from service.domain.people import Caller, Role
from service.ledger import Ledger, migrate
from tests.agency.shipped import AGENCY
from tests.cli.conftest import Run
from tests.evaluation.by_the_tiny_book import decided
from tests.governance.decided import NOW, recorded

Signed = Callable[[Role], None]
OVERRIDE = ("--reason", "closes_the_sale", "--note", "Agreed on the phone [red].")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """With the website's decision d-1: 3,000.00, half of it beforehand."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    migrate(url)
    ledger, book = Ledger(url), AGENCY.policy.book
    ledger.remember_version(book.name, book.version, book.content, NOW)
    ledger.record([recorded(AGENCY.policy)])
    ledger.close()
    return url


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Signed:
    def signed_in(role: Role) -> None:
        monkeypatch.setattr("service.cli.acting.acting", lambda database: Caller(f"u-{role}", role, role))

    return signed_in


def test_an_override_is_recorded_and_shown(run: Run, database: str, signed: Signed) -> None:
    signed(Role.MANAGER)
    wanted = ("decision", "override", "d-1", *OVERRIDE, "--price", "2700.00", "--database", database)
    result = run(*wanted)
    assert result.exit_code == 0, result.output
    assert "target: 3,000.00 EUR → 2,700.00 EUR" in result.stdout
    assert run(*wanted).stdout.startswith("Overridden so before.")
    shown = run("decision", "show", "d-1", "--database", database).stdout
    assert "QUOTE  3,000.00 EUR fixed" in shown
    assert "Overridden by u-manager (manager)" in shown
    assert "closes_the_sale: Agreed on the phone [red]." in shown
    run("decision", "override", "d-1", *OVERRIDE, "--prepayment", "30", "--database", database)
    shown = run("decision", "show", "d-1", "--database", database).stdout
    assert "Overridden by u-manager (manager), no longer counts" in shown
    assert "prepayment: 50 % → 30 %" in shown


def test_where_facts_of_the_client_come_from_is_told() -> None:
    shown = Console(file=StringIO(), width=100)
    books = FromBooks(taken=("client.months_active", "client.overdue"), given=("client.category",))
    print_decision(shown, decided(from_books=books), "EUR")
    lines = shown.file.getvalue().splitlines()
    at = lines.index("Facts of the client")
    assert lines[at + 1 : at + 3] == [
        "  from the firm's books: client.months_active, client.overdue",
        "  from the caller, instead of the books: client.category",
    ]


def test_what_is_beyond_the_limits_is_refused_with_who_could(run: Run, database: str, signed: Signed) -> None:
    signed(Role.MANAGER)
    asked = ("--price", "2699.99", "--credit-days", 7, "--database", database)
    result = run("decision", "override", "d-1", *OVERRIDE, *asked)
    assert result.exit_code == 1
    assert "price_down: at most 10 % off 3,000.00 EUR, to 2,700.00 EUR; ask finance" in result.stderr
    assert "credit-only-on-trust: " in result.stderr
    signed(Role.FINANCE)
    result = run("decision", "override", "d-1", *OVERRIDE, *asked)
    assert "credit-only-on-trust (T2): Credit without several clean months" in result.stdout


def test_every_finding_is_told(run: Run, database: str, signed: Signed) -> None:
    signed(Role.MANAGER)
    result = run(
        "decision", "override", "d-1", "--reason", "mood", "--note", "x", "--price", "3000.00",
        "--outcome", "needs_details", "--database", database,
    )  # fmt: skip
    assert result.exit_code == 1
    assert "/reason: not-a-choice" in result.stderr
    assert "/price: contradiction" in result.stderr
    blank = run("decision", "override", "d-1", "--reason", "other", "--note", " ", "--database", database)
    assert "/note: blank-text" in blank.stderr
    fine = run("decision", "override", "d-1", *OVERRIDE, "--price", "2700.005", "--database", database)
    assert fine.exit_code == 2
    assert "finer than EUR allows" in fine.stderr


def test_somebody_must_answer_for_it(run: Run, database: str, signed: Signed) -> None:
    asked = ("decision", "override", "d-1", *OVERRIDE, "--price", "2700.00", "--database", database)
    assert "run `quotewright init` first" in run(*asked).stderr
    signed(Role.QUOTER)
    result = run(*asked)
    assert result.exit_code == 1
    assert "needs the role manager" in result.stderr


def test_an_outcome_is_told_and_corrected(run: Run, database: str) -> None:
    asked = ("decision", "outcome", "d-1")
    won = (*asked, "won", "--final-amount", "2900.00", "--on", "2026-03-02", "--hassle", "scenes=1", "--why", "Quick")
    first = run(*won, "--database", database)
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("Recorded.")
    assert "2026-03-02, 2,900.00 EUR, told by anonymous" in first.stdout
    assert run(*won, "--database", database).stdout.startswith("Told so before.")
    assert run(*asked, "lost", "--database", database).stdout.startswith("Corrected.")
    shown = json.loads(run("decision", "show", "d-1", "--json", "--database", database).stdout)
    assert shown["decision"]["decision_id"] == "d-1"
    assert [told["result"] for told in shown["outcome"]["history"]] == ["won", "lost"]
    assert shown["outcome"]["history"][0]["hassle"]["scenes"] == 1
    assert shown["overrides"]["overrides"] == []
    text = run("decision", "show", "d-1", "--database", database).stdout
    assert "Outcome: won (corrected)" in text
    assert "Outcome: lost\n" in text


def test_what_of_an_outcome_is_refused(run: Run, database: str) -> None:
    asked = ("decision", "outcome", "d-1")
    assert "/final_amount: missing-field" in run(*asked, "won", "--database", database).stderr
    assert "/happened_on: in-the-past" in run(*asked, "lost", "--on", "2026-03-01", "--database", database).stderr
    assert "/hassle/fights: unknown-field" in run(*asked, "lost", "--hassle", "fights=1", "--database", database).stderr
    many = run(*asked, "lost", "--hassle", f"scenes={'9' * 30}", "--database", database)
    assert "/hassle/scenes: integer-too-large" in many.stderr
    assert run(*asked, "lost", "--hassle", "scenes", "--database", database).exit_code == 2


def test_what_is_not_there(run: Run, database: str, tmp_path: Path) -> None:
    assert "no decision d-2" in run("decision", "show", "d-2", "--database", database).stderr
    missing = run("decision", "show", "d-1", "--database", f"sqlite:///{tmp_path}/none.db")
    assert missing.exit_code == 1
    assert "none.db is no file" in missing.stderr
    assert run("decision", "show", "d-1", "--database", "mysql://here").exit_code == 2
