"""`quotewright check`: one line a finding, with a place that an editor can open; a summary where there is none."""

from __future__ import annotations

import re

import pytest

LINE = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>[a-z-]+): .+")


def errors(result):
    """Without the warnings, which the tiny book has some of."""
    return [line for line in result.stdout.splitlines() if ": warning: " not in line]


def _change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_sound_book_is_summed_up(run, tiny):
    result = run("check", tiny)
    assert result.exit_code == 0, result.output
    assert f"{tiny}: A tiny book for tests is sound." in result.stdout
    assert "2 cases decided as worked out" in result.stdout
    assert re.search(r"version sha256:[0-9a-f]{64}", result.stdout)


def test_the_shipped_book_is_sound(run, root):
    result = run("check", root / "policies" / "agency")
    assert result.exit_code == 0, result.output


def test_every_finding_of_every_file(run, tiny):
    (tiny / "price.yaml").write_text((tiny / "price.yaml").read_text() + "\nsurprise: 1\n")
    _change(tiny / "book.yaml", "half_up", "sideways")
    result = run("check", tiny)
    assert result.exit_code == 1
    found = [LINE.match(line) for line in result.stdout.splitlines()]
    assert all(found), result.stdout
    assert {match["file"] for match in found} >= {str(tiny / "price.yaml"), str(tiny / "book.yaml")}
    assert f"{len(found)} findings" in result.stderr


def test_a_place_is_where_the_fault_stands(run, tiny):
    lines = (tiny / "price.yaml").read_text().splitlines(keepends=True)
    (tiny / "price.yaml").write_text("".join([*lines, "surprise: 1\n"]))
    (only,) = errors(run("check", tiny))
    assert only.startswith(f"{tiny}/price.yaml:{len(lines) + 1}:1: unknown-field:")


def test_a_case_that_is_decided_otherwise(run, tiny):
    _change(tiny / "cases" / "all.yaml", "target: 165000", "target: 165001")
    result = run("check", tiny)
    assert result.exit_code == 1
    (only,) = errors(result)
    assert re.match(rf"{tiny}/cases/all\.yaml:14:\d+: case-differs: \[hassle-applies\]", only)
    assert "/price/target: expected 165001, is 165000" in only
    assert "1 finding" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rules: [hassle-markup]", "rules: [discount-closes]", "rule discount-closes should have fired"),
        ("rules: [hassle-markup]", "not_rules: [hassle-markup]", "rule hassle-markup should not have fired"),
        ("{scenes: 4}", "{scenes: -4}", "the request is refused: /hassle/recent/scenes"),
        ("currency: EUR", "currency: BRL", "no decision is possible: no exchange rate for BRL"),
    ],
)
def test_what_else_a_case_can_miss(run, tiny, old, new, told):
    _change(tiny / "cases" / "all.yaml", old, new)
    result = run("check", tiny)
    assert result.exit_code == 1
    assert told in result.stdout


def test_a_rule_that_the_engine_cannot_hold_is_a_finding(run, tiny):
    clauses = " && ".join(f"(client.orders == {n} || client.overdue_days == {n})" for n in range(16))
    rule = f"rules:\n  - {{id: huge, practice: P3, when: '{clauses}', then: {{markup: '1'}}, reason: Huge}}\n"
    _change(tiny / "price.yaml", "rules:\n", rule)
    result = run("check", tiny)
    assert result.exit_code == 1, result.output
    assert "engine-limit: [huge]" in result.stdout


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("--unknown",)])
def test_wrong_usage(run, arguments):
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert "Usage: quotewright check" in result.stderr


def test_no_folder(run, tmp_path):
    result = run("check", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "is not a folder" in result.stderr


def test_a_finding_is_one_line_whatever_the_book_says(run, tiny):
    _change(tiny / "price.yaml", "stage: price", 'stage: "pri\\e[31mce\\n::error::x"')
    (line,) = [line for line in errors(run("check", tiny)) if "unknown-stage" in line]
    assert line.startswith(rf"{tiny}/price.yaml:1:8: unknown-stage: the book has no stage 'pri\x1b[31mce\n::error::x'")
