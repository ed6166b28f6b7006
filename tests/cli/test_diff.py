"""`quotewright diff`: what a person and what a program reads, and exit codes like those of diff(1)."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import orjson
import pytest

from schemas.request import BookChecks, read_request
from service.ledger import Database, Entry, Ledger, Overrides, migrate, new_decision_id
from service.policy.loader import read_folder
from tests.governance.conftest import edition
from tests.governance.test_behaviour import request
from tests.ledger.test_overrides import override

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def other(root, tmp_path):
    return shutil.copytree(root / "tests" / "books" / "tiny", tmp_path / "other")


@pytest.fixture
def database(root, tmp_path):
    """A ledger with two decisions of the tiny book; what was answered doesn't matter here."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    book = edition(read_folder(root / "tests" / "books" / "tiny")).book
    migrate(url)
    ledger = Ledger(url)
    ledger.remember_version(book.name, book.version, book.content, NOW)
    for scenes in (0, 4):
        read = read_request(request(scenes), NOW, BookChecks())
        ledger.record([
            Entry(
                id=new_decision_id(NOW), recorded_at=NOW, caller="shop", idempotency_key=None, request_digest="",
                book=book.name, version=book.version, as_of=read.as_of, outcome="quote", client_id="c-1",
                currency="EUR", target=1, rules=(), request=orjson.dumps(read), facts=b"{}", answer=b"{}",
            )
        ])  # fmt: skip
    ledger.close()
    return url, book.version


def test_the_same_book(run, tiny, other):
    result = run("diff", tiny, other)
    assert result.exit_code == 0, result.output
    assert "The same version." in result.stdout


def test_another_spelling_is_the_same(run, tiny, other):
    change(other / "terms.yaml", "decision.target <= 1000.00", "decision.target<=1000")
    result = run("diff", tiny, other)
    assert result.exit_code == 0, result.output
    assert "The same in meaning" in result.stdout
    assert "2 asked of both: 0 differ in outcome or price, 0 only otherwise." in result.stdout


def test_what_a_manager_reads(run, tiny, other):
    change(other / "parameters.yaml", '2026-01-01: "10 %"', '2026-01-01: "12 %"')
    change(other / "terms.yaml", "decision.target <= 1000.00", "decision.target < 1000.00")
    result = run("diff", tiny, other)
    assert result.exit_code == 1, result.output
    for line in (
        "Parameters",
        "  changed  hassle_markup",
        "           from 2026-01-01: 10 % → 12 %",
        "Rules",
        "  changed  card",
        "           condition: decision.target <= 1000 → decision.target < 1000",
        "  2 asked of both: 1 differ in outcome or price, 0 only otherwise.",
        "  hassle-applies  quote    1,650.00 EUR  1,680.00 EUR  +30.00 EUR",
        "  All 2 that both price: 3,150.00 EUR → 3,180.00 EUR, +30.00 EUR.",
    ):
        assert line in [each.rstrip() for each in result.stdout.splitlines()], result.stdout


def test_what_a_program_reads(run, tiny, other):
    change(other / "parameters.yaml", '2026-01-01: "10 %"', '2026-01-01: "12 %"')
    result = run("diff", tiny, other, "--json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert told["same"] is False
    assert told["changes"] == [
        {
            "subject": "parameter",
            "name": "hassle_markup",
            "was": None,
            "kind": "changed",
            "details": [{"aspect": "from 2026-01-01", "before": "10 %", "after": "12 %"}],
        }
    ]
    (cases,) = told["behaviour"]
    assert (cases["origin"], cases["asked"], cases["refused"]) == ("case", 2, [])
    (difference,) = cases["differences"]
    price = {"currency": "EUR", "low": 168_000, "target": 168_000, "high": 168_000, "fixed": 168_000}
    assert difference["after"] == {"outcome": "quote", "price": price}
    assert difference["target_difference"] == 3_000


def test_without_cases(run, tiny, other):
    change(other / "parameters.yaml", '2026-01-01: "10 %"', '2026-01-01: "12 %"')
    assert json.loads(run("diff", tiny, other, "--json", "--no-cases").stdout)["behaviour"] == []


def test_recorded_decisions_by_a_recorded_version(run, other, database):
    url, version = database
    change(other / "parameters.yaml", '2026-01-01: "10 %"', '2026-01-01: "12 %"')
    result = run("diff", version, other, "--decisions", 10, "--database", url, "--no-cases", "--json")
    assert result.exit_code == 1, result.output
    (decisions,) = json.loads(result.stdout)["behaviour"]
    assert (decisions["origin"], decisions["asked"], decisions["refused"]) == ("decision", 2, [])
    assert [each["target_difference"] for each in decisions["differences"]] == [3_000]
    assert decisions["totals"][0]["difference"] == 3_000
    (difference,) = decisions["differences"]
    assert difference["overridden"] is False
    Overrides(Database(url)).add(override(Ledger(url).find(difference["name"]).entry))
    marked = run("diff", version, other, "--decisions", 10, "--database", url, "--no-cases")
    assert f"{difference['name']} (overridden)" in " ".join(marked.stdout.split())
    last = json.loads(run("diff", version, other, "--decisions", 1, "--database", url, "--json").stdout)
    assert [each["asked"] for each in last["behaviour"]] == [2, 1]


TROUBLE = [
    (("{tiny}", "sha256:acba7e28cc7c"), "sha256:acba7e28cc7c is no version's id"),
    (["nowhere", "{tiny}"], "nowhere is not a folder"),
    (["{tiny}", "sha256:" + "0" * 64], "need a ledger"),
    (["{tiny}", "{tiny}", "--decisions", "5"], "need a ledger"),
    (["{tiny}", "{tiny}", "--decisions", "5", "--database", "sqlite:///{tiny}/no.db"], "no.db is no file"),
    (["{tiny}", "{tiny}", "--decisions", "5", "--database", "mysql://x"], "works with sqlite:/// and postgresql://"),
    (["{tiny}", "{tiny}", "--decisions", "-5"], "-5"),
    (["{tiny}"], "Missing argument"),
]


@pytest.mark.parametrize(("arguments", "text"), TROUBLE)
def test_trouble_is_no_difference(run, tiny, arguments, text):
    result = run("diff", *(argument.replace("{tiny}", str(tiny)) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert text in result.stderr
    assert not (tiny / "no.db").exists()


def test_a_version_that_was_never_recorded(run, tiny, database):
    result = run("diff", tiny, "sha256:" + "0" * 64, "--database", database[0])
    assert result.exit_code == 2
    assert "keeps no version" in result.stderr


def test_a_broken_book(run, tiny, other):
    change(other / "price.yaml", "params.hassle_from", "params.hasle_from")
    result = run("diff", tiny, other)
    assert result.exit_code == 2
    assert f"{other}/price.yaml:5:" in result.stderr
    assert "unknown-name" in result.stderr
