"""`quotewright evaluate`: a decision to read, the same one as JSON, and refusals that say what to mend."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from tests.cli.conftest import REQUEST

# By hand, on the tiny book: fair price 1,500 + 1,300 = 2,800; four scenes are 10 % or 280 more: 3,080, of which the
# larger line has 15/28 or 1,650; the discount is 5 % of 3,080 or 154, half of 3,080 is paid before work.
TOLD = (
    "QUOTE",
    "target 3,080.00 EUR",
    "as of 2026-03-02, by tiny",
    "hassle-markup  2,800.00 EUR     10 %    280.00 EUR  3,080.00 EUR",
    "Mia  1,650.00 EUR",
    "recommended",
    "discount 154.00 EUR (5 %)",
    "lapses on 2026-03-20",
    "prepayment 50 %, 1,540.00 EUR",
    "texts: Who writes the texts? (narrows by ",
    "answer by 2026-03-03 10:00",
    "Anna [red] Olsen",
)


@pytest.mark.parametrize("told", TOLD)
def test_a_decision_is_told(run, tiny, asked, told):
    result = run("evaluate", asked(), "--book", tiny)
    assert result.exit_code == 0
    assert told in result.stdout


def test_reasons_name_practice_and_rule(run, tiny, asked):
    reasons = run("evaluate", asked(), "--book", tiny).stdout.partition("\nReasons\n")[2].partition("\n\n")[0]
    assert "P3" in reasons
    assert "hassle-markup" in reasons
    assert "Did not fire" not in reasons


def test_json_is_the_decision(run, tiny, asked):
    result = run("evaluate", asked(), "--book", tiny, "--json")
    assert result.exit_code == 0
    decision = json.loads(result.stdout)
    assert decision["outcome"] == "quote"
    assert decision["price"]["target"] == 308_000
    assert decision["not_fired"] is None


def test_standard_input(run, tiny):
    result = run("evaluate", "-", "--book", tiny, "--json", stdin=json.dumps(REQUEST).encode())
    assert json.loads(result.stdout)["price"]["target"] == 308_000


def test_the_shipped_book_by_default(run, asked):
    assert json.loads(run("evaluate", asked(), "--json").stdout)["policy"]["book"] == "agency"


def test_the_book_of_the_environment(run, tiny, asked, monkeypatch):
    monkeypatch.setenv("POLICY_BOOK", str(tiny))
    assert json.loads(run("evaluate", asked(), "--json").stdout)["policy"]["book"] == "tiny"


def test_why_not_names_the_false_clause(run, tiny, asked):
    calm = asked(hassle={"recent": {"scenes": 3}})
    decision = json.loads(run("evaluate", calm, "--book", tiny, "--json", "--why-not").stdout)
    assert "hassle-markup" in {rule["rule"] for rule in decision["not_fired"]}
    text = run("evaluate", calm, "--book", tiny, "--why-not").stdout
    assert "Did not fire" in text
    assert "hassle-markup" in text.partition("Did not fire")[2]


def test_as_of_replaces_the_day(run, tiny, asked):
    decision = json.loads(run("evaluate", asked(), "--book", tiny, "--json", "--as-of", "2026-03-10").stdout)
    assert decision["as_of"] == "2026-03-10"


def test_as_of_is_checked_like_the_rest(run, tiny, asked):
    result = run("evaluate", asked(), "--book", tiny, "--as-of", "2026-03-21")
    assert result.exit_code == 1
    assert "/deal/sign_by: in-the-past" in result.stderr


def test_a_declined_request_has_no_price(run, asked):
    result = run("evaluate", asked(hassle={"recent": {"teaching": 5}}))
    assert result.exit_code == 0
    assert result.stdout.startswith("DECLINE\n")
    assert "EUR" not in result.stdout


def test_what_waits_for_a_person_says_so(run, asked):
    vip = asked(client={"id": "c-1", "category": "vip", "months_active": 24, "revenue_12m": 10**8})
    result = run("evaluate", vip)
    assert result.stdout.startswith("NEEDS APPROVAL")
    assert "Nothing may be sent before a person has decided." in result.stdout


def test_every_finding_of_a_request_is_told(run, tiny, asked):
    result = run("evaluate", asked(currency="XXX", surprise=1), "--book", tiny)
    assert result.exit_code == 1
    assert result.stdout == ""
    *findings, count = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in findings] == ["/currency", "/surprise"]
    assert all("request.json" in line for line in findings)
    assert count == "The request is refused: 2 findings."


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "not-json"), (b"{", "not-json"), (b"\xff", "invalid-utf8"), (b"[" * 100, "too-deep"), (b"[]", "wrong-type")],
)
@pytest.mark.parametrize("as_of", [(), ("--as-of", "2026-03-02")])
def test_no_request_at_all(run, tiny, body, code, as_of):
    result = run("evaluate", "-", "--book", tiny, *as_of, stdin=body)
    assert result.exit_code == 1
    assert code in result.stderr


def test_a_currency_without_a_rate(run, tiny, asked):
    result = run("evaluate", asked(currency="BRL"), "--book", tiny)
    assert result.exit_code == 1
    assert "no exchange rate for BRL on 2026-03-02: ask in EUR, or add a rate to parameters.yaml" in result.stderr


def test_a_day_before_the_first_value(run, tiny, asked):
    early = asked(as_of="2020-01-01", received_at="2020-01-01T10:00:00Z", deal={})
    result = run("evaluate", early, "--book", tiny)
    assert result.exit_code == 1
    assert "has no value on 2020-01-01: ask for a later day" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("missing.json",),
        (".",),
        ("-", "--as-of", "tomorrow"),
        ("-", "--as-of", "2026-02-30"),
        ("-", "--unknown"),
    ],
)
def test_wrong_usage(run, arguments):
    result = run("evaluate", *arguments)
    assert result.exit_code == 2
    assert "Usage: quotewright evaluate" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("place", ["nowhere", "request.json", "empty"])
def test_no_book(run, asked, tmp_path, place):
    (tmp_path / "empty").mkdir()
    result = run("evaluate", asked(), "--book", tmp_path / place)
    assert result.exit_code == 1
    assert str(tmp_path / place) in result.stderr
    assert "book.yaml" in result.stderr


def test_a_broken_book_decides_nothing(run, tiny, asked):
    (tiny / "price.yaml").write_text("rules: 7\n")
    result = run("evaluate", asked(), "--book", tiny)
    assert result.exit_code == 1
    assert f"{tiny}/price.yaml:1:" in result.stderr
    assert result.stdout == ""


def test_today_stands_in_for_a_missing_day(run, tiny, asked):
    decision = json.loads(
        run("evaluate", asked(as_of=None, received_at=None, deal={}), "--book", tiny, "--json").stdout
    )
    assert abs(date.fromisoformat(decision["as_of"]) - date.today()) <= timedelta(days=1)
