"""`quotewright test`: cases side by side, what they reach, and changes that nobody noticed."""

from __future__ import annotations

import json


def test_cases_as_worked_out(run, tiny):
    result = run("test", tiny)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{tiny}: 2 cases, 2 as worked out, 0 otherwise.\n"


def test_a_case_that_differs_is_shown_side_by_side(run, tiny):
    path = tiny / "cases" / "all.yaml"
    path.write_text(path.read_text().replace("target: 165000", "target: 165001"))
    result = run("test", tiny)
    assert result.exit_code == 1
    assert "P3 hassle-applies (cases/all.yaml:14:5)" in result.stdout
    assert "worked out: 1,500.00 + 10 % = 1,650.00; the floor is 1,200.00" in result.stdout
    (row,) = [line.split() for line in result.stdout.splitlines() if "/price/target" in line]
    assert row == ["≠", "/price/target", "165001", "165000"]
    assert "2 cases, 1 as worked out, 1 otherwise." in result.stdout


def test_one_case_with_all_that_it_expects(run, tiny):
    result = run("test", tiny, "--case", "hassle-outside")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["/outcome", '"quote"', '"quote"'] in rows
    assert ["rule", "hassle-markup", "not", "fired", "not", "fired"] in rows
    assert "1 case, 1 as worked out" in result.stdout


def test_a_case_that_does_not_exist(run, tiny):
    result = run("test", tiny, "--case", "hassle-inside")
    assert result.exit_code == 1
    assert f"{tiny} has no case 'hassle-inside' (did you mean hassle-outside?)." in result.stderr


def test_one_case_has_no_coverage(run, tiny):
    assert run("test", tiny, "--case", "hassle-outside", "--mutate").exit_code == 2


def test_a_request_that_is_refused(run, tiny):
    path = tiny / "cases" / "all.yaml"
    path.write_text(path.read_text().replace("currency: EUR", "currency: EURO"))
    result = run("test", tiny)
    assert result.exit_code == 1
    assert "the request is refused: /currency" in result.stdout


def test_coverage(run, tiny):
    result = run("test", tiny, "--coverage")
    assert result.exit_code == 0, result.output
    assert "2 of 11 rules decide a case." in result.stdout
    assert any(
        line.split() == ["discount-closes", "concede.yaml:3", "no", "case"] for line in result.stdout.splitlines()
    )
    assert "deal.asked_discount" in result.stdout


def test_changes_that_no_case_notices(run, tiny):
    result = run("test", tiny, "--mutate")
    assert result.exit_code == 1
    assert "concede.yaml:3:5: discount-closes: removed" in result.stdout
    assert "hassle-markup: removed" not in result.stdout


def test_explained_survivors_are_no_failure_and_stale_ones_are(run, tiny):
    found = json.loads(run("test", tiny, "--mutate", "--json").stdout)["mutation"]
    assert 0 < found["noticed"] < found["counted"]
    ids = [survivor["id"] for survivor in found["survived"]]
    assert found["counted"] == found["noticed"] + len(ids)
    survivors = [{"id": id, "reason": "the tiny book has two cases only"} for id in ids]
    (tiny / "cases" / "survivors.yaml").write_text(json.dumps({"survivors": survivors}))
    result = run("test", tiny, "--mutate")
    assert result.exit_code == 0, result.output
    assert f"{len(ids)} of the rest explained, 0 not" in result.stdout
    survivors.append({"id": "hassle-markup: removed", "reason": "wrong"})
    (tiny / "cases" / "survivors.yaml").write_text(json.dumps({"survivors": survivors}))
    result = run("test", tiny, "--mutate")
    assert result.exit_code == 1
    assert "stale-survivor" in result.stdout


def test_json(run, tiny):
    answer = json.loads(run("test", tiny, "--coverage", "--json").stdout)
    assert [case["id"] for case in answer["cases"]] == ["hassle-applies", "hassle-outside"]
    assert all(case["passed"] for case in answer["cases"])
    assert {"rule": "hassle-markup", "fires_in": 1, "decides": "hassle-applies"} in answer["coverage"]["rules"]
    assert "mutation" not in answer
