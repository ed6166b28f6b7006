"""The reference pages name everything there is, their examples are right, and they are as committed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.findings import Invalid
from schemas.request import load_request
from schemas.vocabulary import declarations
from service.domain.effects import STANDARD_FORMULAS, STANDARD_SLOTS
from service.policy.functions import FUNCTIONS as CHECKED
from service.policy.loading.report import Report
from service.policy.loading.slots import read_slots
from service.policy.yaml_text import parse
from service.reference import request_mistakes, samples
from service.reference.effects_page import example
from service.reference.explained import explained
from service.reference.functions_page import FUNCTIONS
from service.reference.pages import pages, stale
from tests.reference.conftest import Run

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RIGHT: dict[str, Any] = {
    "currency": "EUR",
    "as_of": "2026-03-02",
    "received_at": "2026-03-02T10:00:00+02:00",
    "client": {"id": "c-1"},
    "job": {},
    "deal": {},
}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages(Path(__file__).parents[2])


def rows(text: str) -> dict[str, list[str]]:
    """First cell without its code marks -> the cells."""
    cells = [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip("` "): row for row in cells}


def test_they_are_as_committed(root: Path, written: dict[str, str]) -> None:
    assert stale(root / "docs" / "reference", written) == [], "run `quotewright reference`"


def test_nothing_is_left_out(written: dict[str, str]) -> None:
    assert rows(written["facts.md"]).keys() >= declarations().keys()
    assert rows(written["effects.md"]).keys() >= STANDARD_SLOTS.keys()
    assert rows(written["formulas.md"]).keys() >= STANDARD_FORMULAS.keys()
    assert FUNCTIONS.keys() == CHECKED.keys()
    assert {one.signature.partition("(")[0] for one in FUNCTIONS.values()} == CHECKED.keys()


def test_every_code_is_told_with_an_example(root: Path, written: dict[str, str]) -> None:
    codes = {line.code for line in explained((root / "docs" / "errors.md").read_text())}
    assert {"unit-mismatch", "never-fires", "not-found", "null-not-allowed"} <= codes
    told = rows(written["errors.md"])
    assert told.keys() == codes
    # A broken book in tests/bad_policies shows it, or the words of service/reference/errors_page.py do.
    assert [code for code, row in told.items() if not row[-1].strip()] == []


def test_a_fact_is_told_with_its_unit_range_default_and_place(written: dict[str, str]) -> None:
    told = rows(written["facts.md"])
    assert told["client.months_active"][1:5] == [
        "months",
        "0 to 600 months",
        "0 months",
        "Months since the first order.",
    ]
    assert told["job.novelty"][2] == "0 to 100 %"
    assert told["deal.budget"][2:4] == ["0 to 1,000,000,000,000 minor units", "optional"]
    assert told["deal.budget"][5:] == ["`/deal/budget`", "`has(deal.budget) && deal.budget > 500`"]
    assert told["job.line_count"][3] == "of an empty list: 0"
    assert told["client.category"][1:4] == ["one of vip, good, regular, other", "", "regular"]


WORKED_OUT = {
    "percent(job.fair_price, 15)": "185.18 EUR",  # 185.1825
    "percent_up(job.fair_price, 15)": "185.19 EUR",
    "percent_down(client.orders, 30)": "3",  # 3.6
    "percent(client.orders, 12.5)": "2",  # 1.5
    "div_up(job.line_count, 2)": "3",
    "div_down(job.fair_price, 3)": "411.51 EUR",  # 411.516...
    "div_round(job.line_count, 2)": "3",  # 2.5, half up
    "has(deal.competitor_price)": "no",
    "min(job.cost, job.fair_price, 500.00)": "500.00 EUR",
    '"owner" in decision.approvals': "yes",
}


@pytest.mark.parametrize("source", WORKED_OUT)
def test_examples_come_to_what_they_do_by_hand(source: str, written: dict[str, str]) -> None:
    assert f"`{source}` is {WORKED_OUT[source]}" in written["functions.md"]


def test_formulas_come_to_what_they_do_by_hand(written: dict[str, str]) -> None:
    told = {name: row[-1] for name, row in rows(written["formulas.md"]).items()}
    assert told["worth"] == "1,284.55 EUR"  # 1,234.55 + 50.00
    assert told["markup_amount"] == "192.68 EUR"  # 15 % of it: 192.6825
    assert told["target"] == "1,477.23 EUR"
    assert told["floor"] == "960.00 EUR"  # 800.00 + 20 %
    assert told["discount_amount"] == "73.86 EUR"  # 5 %: 73.8615
    assert told["compensation_amount"] == "220.00 EUR"  # 200.00 + 10 %


def test_the_effects_can_be_declared_as_they_are_told() -> None:
    lines = [f"  {example(effect)[0]}" for effect in STANDARD_SLOTS.values()]
    document, _ = parse("book.yaml", "\n".join(["effects:", *lines]).encode())
    assert document is not None
    report = Report()
    slots = read_slots(report, document, document.data["effects"], samples.CURRENCY)
    assert report.findings == []
    assert {name: slot.type for name, slot in slots.items()} == {name: samples.slot_type(name) for name in slots}


@pytest.mark.parametrize("code", request_mistakes.MISTAKES)
def test_a_body_with_the_mistake_gets_its_code(code: str) -> None:
    pointer, value = request_mistakes.MISTAKES[code]
    body = json.loads(json.dumps(RIGHT))
    *path, last = pointer[1:].split("/")
    below = body
    for step in path:
        below = below.setdefault(step, {})
    if value == "nothing":
        del below[last]
    else:
        below[last] = json.loads(value)
    load_request(json.dumps(RIGHT).encode(), NOW)
    with pytest.raises(Invalid) as refused:
        load_request(json.dumps(body).encode(), NOW)
    assert {finding.code for finding in refused.value.findings} == {code}


@pytest.mark.parametrize("code", request_mistakes.UNREADABLE)
def test_a_body_that_is_misread_gets_its_code(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        load_request(request_mistakes.UNREADABLE[code], NOW)
    assert code in {finding.code for finding in refused.value.findings}


def test_links_lead_to_files(root: Path, written: dict[str, str]) -> None:
    targets = {target for text in written.values() for target in re.findall(r"\]\((?!\w+://)([^)#]+)", text)}
    assert "../policy-language.md" in targets
    assert [target for target in targets if not (root / "docs" / "reference" / target).exists()] == []


def test_tables_keep_their_columns(written: dict[str, str]) -> None:
    for text in written.values():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, block


def test_stale_pages_are_named_and_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"facts.md": "facts\n", "effects.md": "effects\n", "errors.md": "errors\n"}
    monkeypatch.setattr("service.cli.reference.pages", lambda tree: now)
    assert run("reference", "--output", tmp_path / "new").exit_code == 0
    folder = tmp_path / "new"
    (folder / "facts.md").write_bytes(b"old, and not UTF-8: \xff")
    (folder / "effects.md").unlink()
    (folder / "gone.md").write_text("of a page that is no more")
    checked = run("reference", "--output", folder, "--check")
    assert checked.exit_code == 1
    named = [Path(line.removeprefix("stale ")).name for line in checked.stdout.splitlines()]
    assert named == ["effects.md", "facts.md", "gone.md"]
    assert (folder / "facts.md").read_bytes().startswith(b"old")
    assert run("reference", "--output", folder).exit_code == 0
    assert run("reference", "--output", folder, "--check").exit_code == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == now


def test_away_from_the_source_tree_it_says_what_it_needs(run: Run, tmp_path: Path) -> None:
    result = run("reference", "--tree", tmp_path)
    assert result.exit_code == 1
    assert "errors.md can't be read" in result.stderr
    assert "--tree" in result.stderr
