"""A book that loads is told what its author can't have meant, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.vocabulary import declarations
from service.policy.analysis.checker import Check, check_book
from service.policy.analysis.dates import months_between
from service.policy.findings import Finding, Severity
from service.policy.loader import load_book, read_folder

TESTS = Path(__file__).parents[2]
SOUND = {**read_folder(TESTS / "books" / "tiny"), **read_folder(TESTS / "books" / "sound")}
DEFECTS = sorted(path.parent for path in (TESTS / "bad_policies").glob("*/checked.txt"))
FACTS = declarations()
DAY = date(2026, 6, 1)


def findings(files: dict[str, bytes], check: Check | None = None) -> tuple[Finding, ...]:
    return check_book(load_book(files, FACTS), files, check or Check(DAY))


def told(found: tuple[Finding, ...]) -> list[str]:
    return [f"{f.place}: {f.severity.value} {f.code} [{f.subject}]" for f in found]


def test_a_sound_book_has_none() -> None:
    assert told(findings(SOUND)) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda path: path.name)
def test_each_defect_has_exactly_its_findings(defect: Path) -> None:
    expected = (defect / "checked.txt").read_text().splitlines()
    assert told(findings({**SOUND, **read_folder(defect)})) == expected


def test_there_are_enough_of_them() -> None:
    assert len([path for path in (TESTS / "bad_policies").iterdir() if path.is_dir()]) >= 40


def test_they_are_all_told_at_once() -> None:
    """Several defects in one book; each keeps its findings at its place."""
    files, expected = dict(SOUND), []
    for name in ("rows_gap", "rows_overlap", "never_fires", "dead_facts"):
        folder = TESTS / "bad_policies" / name
        # Their tables and files have the same names.
        renamed = {
            f"{name}_{file}" if file != "facts.yaml" else file: text.replace(b"rungs", name.encode())
            for file, text in read_folder(folder).items()
        }
        files.update(renamed)
        for line in (folder / "checked.txt").read_text().splitlines():
            own = line if line.startswith("facts.yaml") else f"{name}_{line}"
            expected.append(own.replace("[rungs", f"[{name}"))
    assert sorted(told(findings(files))) == sorted(expected)


def only(name: str, code: str) -> Finding:
    (found,) = [f for f in findings({**SOUND, **read_folder(TESTS / "bad_policies" / name)}) if f.code == code]
    return found


def test_an_overlap_is_shown_by_a_request() -> None:
    found = only("rows_overlap", "overlapping-rows")
    assert found.severity is Severity.ERROR
    assert dict(found.witness) == {"client.category": "vip", "client.orders": "2"}
    assert found.message == "rungs/few (ladder.yaml:9:9) fits too, as for client.orders 2, client.category vip"


def test_a_gap_is_shown_by_a_request_for_each_part_of_it() -> None:
    found = [
        f for f in findings({**SOUND, **read_folder(TESTS / "bad_policies" / "rows_gap")}) if f.code == "table-gap"
    ]
    shown = [dict(finding.witness) for finding in found]
    # Good clients from 3 to 5, VIPs from 6 to 8, everyone from 9.
    assert {"client.category": "good", "client.orders": "3"} in shown
    assert {"client.category": "vip", "client.orders": "6"} in shown
    assert {"client.orders": "9"} in shown


def test_a_gap_that_is_all_there_is() -> None:
    ladder = (TESTS / "bad_policies" / "rows_gap" / "rungs.yaml").read_text()
    head, _, _ = ladder.partition("    rows:")
    (found,) = [
        f for f in findings({**SOUND, "rungs.yaml": (head + "    rows: []\n").encode()}) if f.code == "table-gap"
    ]
    assert found.message == "no row fits, whatever is asked"


def test_a_hidden_row_is_shown_with_one_that_hides_it() -> None:
    found = only("row_shadowed", "shadowed-row")
    witness = dict(found.witness)
    assert "rungs/few and 1 more" in found.message
    assert witness["client.orders"] in ("1", "2")
    assert witness["deal.budget"] == "50.00 EUR"


def test_a_ladder_that_breaks_on_a_later_day_is_told_with_the_day() -> None:
    text = SOUND["parameters.yaml"].decode()
    text = text.replace("values: {2026-01-01: 4}", "values: {2026-01-01: 4, 2026-08-01: 6}")
    rows = (
        "stage: price\ntables:\n  - id: rungs\n    practice: P3\n    hit: unique\n    reason: Because\n"
        '    columns: [id, client.orders, "-> markup"]\n'
        '    rows: [[few, "< params.hassle_from", "1 %"], [many, ">= 4", "2 %"]]\n'
    )
    files = {**SOUND, "parameters.yaml": text.encode(), "rungs.yaml": rows.encode()}
    (found,) = [f for f in findings(files) if f.severity is Severity.ERROR]
    assert found.code == "overlapping-rows"
    assert found.message.startswith("from 2026-08-01 on, rungs/few ")
    assert dict(found.witness) == {"client.orders": "4"}


def test_a_large_table_that_cuts_itself_to_pieces_is_said_to_be_unchecked() -> None:
    names = ["client.orders", "client.overdue_days", "client.months_active", "firm.clients", "firm.backlog_days"]
    cells = [[f'"[{i * (7 + c) % 97}..{i * (7 + c) % 97 + 37}]"' for c in range(5)] for i in range(400)]
    rows = "".join(f"      - [r{i}, {', '.join(row)}, '1 %']\n" for i, row in enumerate(cells))
    table = (
        "stage: price\ntables:\n  - id: rungs\n    practice: P3\n    hit: first\n    reason: Because\n"
        f'    columns: [id, {", ".join(names)}, "-> markup"]\n    rows:\n{rows}'
    )
    found = findings({**SOUND, "rungs.yaml": table.encode()})
    errors = [f for f in found if f.severity is Severity.ERROR]
    assert all(f.code == "table-gap" for f in errors)
    assert errors or any(f.code == "check-incomplete" for f in found)


def test_how_old_a_value_may_be_is_asked_for() -> None:
    def stale(check: Check) -> list[str]:
        return [f.subject for f in findings(SOUND, check) if f.code == "stale-value"]

    # All values are of 2026-01-01, but one of 2026-07-01.
    assert stale(Check(date(2027, 12, 31))) == []
    assert len(stale(Check(date(2028, 1, 1)))) == 11
    assert stale(Check(date(2028, 1, 1), stale_after=0)) == []
    assert len(stale(Check(date(2026, 3, 1), stale_after=2))) == 11


def test_months() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_between(date(2024, 6, 1), date(2026, 6, 1)) == 24
    assert months_between(date(2024, 6, 2), date(2026, 6, 1)) == 23


def test_the_shipped_book_has_none() -> None:
    files = read_folder(TESTS.parent / "policies" / "agency")
    assert told(check_book(load_book(files, FACTS), files, Check(date(2026, 11, 1)))) == []


def test_one_slip_in_a_thousand_rows_is_found() -> None:
    """Row 700 begins a hundred below where 699 ends; between 300 and 301 ten are left out."""
    rows = []
    for i in range(1_000):
        low, high = i * 1_000, i * 1_000 + 999
        low, high = low - 100 * (i == 700), high - 10 * (i == 300)
        rows.append(f'      - [r{i:03}, "[{low}.00..{high}.99]", "-", "1 %"]\n')
    table = (
        "stage: price\ntables:\n  - id: rungs\n    practice: P3\n    hit: unique\n    reason: Because\n"
        f'    columns: [id, job.cost, client.category, "-> markup"]\n    rows:\n{"".join(rows)}'
        '      - [top, ">= 1000000.00", "-", "1 %"]\n'
    )
    found = [f for f in findings({**SOUND, "rungs.yaml": table.encode()}) if f.severity is Severity.ERROR]
    assert [(f.code, f.subject, dict(f.witness)["job.cost"]) for f in found] == [
        ("table-gap", "rungs", "300,990.00 EUR"),
        ("overlapping-rows", "rungs/r700", "699,900.00 EUR"),
    ]


def test_what_a_large_table_writes_counts_as_anything_that_its_effect_can_hold() -> None:
    rows = "".join(f'      - [r{i:03}, "{i}", "1 %"]\n' for i in range(250))
    more = (
        "stage: price\ntables:\n  - id: rungs\n    practice: P3\n    hit: unique\n    reason: Because\n"
        f'    columns: [id, client.overdue_days, "-> markup"]\n    default: {{markup: 0}}\n    rows:\n{rows}'
    )
    rules = (
        "stage: concede\nrules:\n"
        "  - {id: beyond, practice: P3, when: decision.markup > 60, then: {discount: 1}, reason: Past the most}\n"
        "  - {id: unlikely, practice: P3, when: decision.markup > 50, then: {discount: 1}, reason: Not ruled out}\n"
    )
    found = findings({**SOUND, "rungs.yaml": more.encode(), "rules.yaml": rules.encode()})
    assert [f.subject for f in found if f.code == "never-fires"] == ["beyond"]
