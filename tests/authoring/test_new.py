"""`quotewright new`: whatever a firm answers, its book is sound, its cases hold, and the numbers in it are its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import declarations
from service.authoring.answers import Answers
from service.authoring.formatting import format_book
from service.authoring.holiday_dates import NoSuchCountry, public_holidays, time_zone_of
from service.authoring.new_book import new_book, usual_small_job
from service.policy.book import Book
from service.policy.cases import load_cases
from service.policy.loader import load_book, read_folder
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
TEMPLATE = read_folder(ROOT / "policies" / "agency")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

AS_SHIPPED: dict[str, Any] = {
    "firm": "Lingua Domus",
    "trade": "translation bureau",
    "currency": "EUR",
    "time_zone": "Europe/Zagreb",
    "country": "HR",
    "weekend": (5, 6),
    "markups": (1000, 2000, 3000),
    "minimum_profit": 2000,
    "prepayment": 5000,
    "discount_cap": 1500,
    "small_job": 50_000,
    "credit_days": 14,
    "credit_months": 6,
}


def book_of(**changed: Any) -> tuple[Book, dict[str, bytes]]:
    made = new_book(TEMPLATE, Answers(**{**AS_SHIPPED, **changed}), NOW)
    files = dict(made.files)
    return load_book(files, declarations()), files


def in_force(book: Book, name: str) -> int:
    return book.parameters[name].values[-1][1]


def worked(files: dict[str, bytes]) -> dict[str, str]:
    return {case.id: case.worked for case in load_cases(files) if case.id.startswith("first-")}


def test_the_firm_s_numbers_are_in_its_book() -> None:
    book, files = book_of(
        currency="USD", markups=(500, 1250, 2000), minimum_profit=4500, prepayment=3000, discount_cap=400,
        small_job=75_000, credit_days=7, credit_months=12, weekend=(4, 5), country="US", time_zone="America/New_York",
    )  # fmt: skip
    assert (book.name, book.title) == ("lingua-domus", "Lingua Domus, translation bureau")
    assert (book.currency, book.time_zone, book.rates) == ("USD", "America/New_York", {})
    assert sorted(book.calendar.weekend) == [4, 5]
    assert [in_force(book, f"hassle_markup_{step}") for step in (10, 20, 30)] == [500, 1250, 2000]
    assert in_force(book, "minimum_profit") == 4500
    assert in_force(book, "target_profit") == 4500  # 40 % as shipped would be less than the least profit
    assert in_force(book, "prepay_half") == 3000
    assert in_force(book, "concession_cap") == 400
    assert in_force(book, "discount_usual") == 400  # 5 % as shipped would be above the cap
    assert in_force(book, "small_job") == 75_000
    assert (in_force(book, "credit_days"), in_force(book, "trust_months")) == (7, 12)
    assert not book.calendar.is_business_day(datetime(2027, 11, 25).date())  # Thanksgiving
    assert book.calendar.is_business_day(datetime(2027, 2, 24).date())  # Independence Day of Estonia
    told = worked(files)
    assert told["first-fair-price"] == "Cost 1,000.00 + 45 % = floor 1,450.00, below the fair price: 2,900.00 stands"
    assert told["first-markup-2"] == "30 points: 2,900.00 + 12.5 % = 3,262.50"
    assert told["first-prepayment"] == "30 % of 2,900.00 = 870.00 before work begins"
    assert told["first-discount-cap"] == "50 % asked; 4 % of 2,900.00 = 116.00 given"


def test_cases_that_speak_of_another_number_are_left_out() -> None:
    kept = {case.id: case for case in load_cases(TEMPLATE)}
    same, other = book_of()[1], book_of(minimum_profit=2500)[1]
    assert "floor-raises-the-price" in kept
    assert "floor-raises-the-price" in {case.id for case in load_cases(same)}
    left = {case.id: case for case in load_cases(other)}
    assert "floor-raises-the-price" not in left  # cost 2,800.00 + 20 %
    assert "floor-just-met" not in left  # still 3,000.00 perhaps, but worked out with 20 %
    assert all(left[id].expect == kept[id].expect and left[id].worked == kept[id].worked for id in left if id in kept)


@pytest.mark.parametrize(
    ("currency", "small_job", "usual", "trifling"),
    [
        ("JPY", 50_000, "50000", 5_000),  # 160 yen for a euro: sums of 100 times
        ("SEK", 500_000, "5000.00", 50_000),  # 11.2: ten times
        ("PLN", 500_000, "5000.00", 50_000),  # 4.27 is nearer to 10 than to 1
        ("USD", 50_000, "500.00", 5_000),
        ("BHD", 500_000, "500.000", 50_000),
        ("KRW", 700_000, "500", 50),  # the shipped book has no rate: the figures stay
    ],
)
def test_other_sums_follow_the_currency(currency: str, small_job: int, usual: str, trifling: int) -> None:
    assert usual_small_job(TEMPLATE, currency) == usual
    book, _ = book_of(currency=currency, small_job=small_job)
    assert in_force(book, "trifling_sum") == trifling
    assert in_force(book, "small_job") == small_job


@settings(
    max_examples=6, deadline=None, phases=[Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_answers_give_a_sound_book_that_is_laid_out(data: st.DataObject) -> None:
    steps = sorted(data.draw(st.lists(st.integers(1, 6_000), min_size=3, max_size=3)))
    answers = {
        "firm": data.draw(st.sampled_from(["Бюро", "1st & Sons", 'A "quoted" name: #1', "Ö"])),
        "currency": data.draw(st.sampled_from(["EUR", "USD", "JPY", "BHD"])),
        "country": data.draw(st.sampled_from(["", "HR", "DE-BY", "SA"])),
        "weekend": tuple(data.draw(st.sets(st.integers(0, 6), max_size=6))),
        "markups": tuple(steps),
        "minimum_profit": data.draw(st.integers(0, 50_000)),
        "prepayment": data.draw(st.integers(1, 10_000)),
        "discount_cap": data.draw(st.integers(0, 4_900)),
        "small_job": data.draw(st.integers(1, 10**9)),
        "credit_days": data.draw(st.integers(0, 14)),
        "credit_months": data.draw(st.integers(1, 120)),
    }
    assert list(Answers(**{**AS_SHIPPED, **answers}).problems()) == []
    _, files = book_of(**answers)  # refused where a case of its own failed
    assert len(worked(files)) >= 9
    assert format_book(files).changed == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("firm", " "), ("trade", "a\nb"), ("currency", "XYZ"), ("time_zone", "Mars/Base"),
        ("weekend", (0, 1, 2, 3, 4, 5, 6)), ("markups", (0, 10, 20)), ("markups", (30, 20, 10)),
        ("markups", (10, 20, 6_001)), ("minimum_profit", -1), ("prepayment", 0), ("discount_cap", 5_000),
        ("small_job", 0), ("credit_days", 15), ("credit_months", 0), ("language", "xx"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be(field: str, value: object) -> None:
    assert [problem for problem, _ in Answers(**{**AS_SHIPPED, field: value}).problems()] == [field]


def test_holidays() -> None:
    found = public_holidays("EE", 2026)
    assert found.every_year["12-25"] == "Christmas Day"
    assert found.dates[datetime(2026, 4, 3).date()] == "Good Friday"
    assert found.weekend == (5, 6)
    assert public_holidays("SA", 2026).weekend == (4, 5)
    assert time_zone_of("DE-BY") == "Europe/Berlin"
    with pytest.raises(NoSuchCountry, match="did you mean"):
        public_holidays("DE-BX", 2026)


def test_from_flags(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "our-book"
    result = run("new", folder, "--yes", "--trade", "translations", "--markups", "5,10 %,20.5", "--country", "hr")
    assert result.exit_code == 0, result.output
    assert f"{folder}: a book for our-book, translations, in EUR." in result.stdout
    book = load_book(read_folder(folder), declarations())
    assert [in_force(book, f"hassle_markup_{step}") for step in (10, 20, 30)] == [500, 1000, 2050]
    assert book.time_zone == "Europe/Zagreb"
    assert run("check", folder).exit_code == 0
    assert run("fmt", folder, "--check").exit_code == 0
    again = run("new", folder, "--yes")
    assert again.exit_code == 1
    assert "is not empty" in again.stderr
    assert [path.name for path in folder.parent.iterdir()] == ["our-book"]


def test_from_questions_asked_again_until_they_fit(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    typed = ["Studio", "design", "XXX", "CHF", "CH", "", "", "5,10", "5,10,20", "", "", "60", "20", "", "0", "", ""]
    result = run("new", tmp_path / "empty", stdin=("\n".join(typed) + "\n").encode())
    assert result.exit_code == 0, result.output
    assert result.output.count("Error: ") == 3
    book = load_book(read_folder(tmp_path / "empty"), declarations())
    assert (book.title, book.currency, book.time_zone) == ("Studio, design", "CHF", "Europe/Zurich")
    assert (in_force(book, "concession_cap"), in_force(book, "credit_share")) == (2000, 0)


@pytest.mark.parametrize(
    "flags", [("--prepayment", "0"), ("--markups", "1,2"), ("--country", "XX"), ("--small-job", "1.234"),
              ("--credit-days", "many"), ("--weekend", "sunday,someday"), ("--currency", "EURO")]
)  # fmt: skip
def test_a_flag_that_cannot_be_is_wrong_usage(run: Run, tmp_path: Path, flags: tuple[str, str]) -> None:
    result = run("new", tmp_path / "book", "--yes", *flags)
    assert result.exit_code == 2
    assert f"{flags[0]} '{flags[1]}': " in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_changed_template_s_own_number_is_worked_out_with() -> None:
    # As the README changes it; what holds from a later day doesn't hold in the cases' March yet.
    changed = TEMPLATE["parameters.yaml"].replace(
        b"hopeless_budget: {type: count, practice: P7, values: {2026-01-01: 3}",
        b"hopeless_budget: {type: count, practice: P7, values: {2026-01-01: 4, 2026-07-01: 2}",
    )
    assert changed != TEMPLATE["parameters.yaml"]
    made = new_book({**TEMPLATE, "parameters.yaml": changed}, Answers(**AS_SHIPPED), NOW)
    told = worked(dict(made.files))
    assert told["first-hopeless-budget"] == "4 x 600.00 is no more than 2,400.00: let go at once"


def changed_template(old: bytes, new: bytes) -> dict[str, bytes]:
    """Without its cases, which would name what is renamed."""
    policy = {name: raw for name, raw in TEMPLATE.items() if not name.startswith("cases/")}
    changed = {name: raw.replace(old, new) for name, raw in policy.items()}
    assert changed != policy
    return changed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"small_job", b"tiny_job", "has no 'small_job' any more"),
        (b"trust_months", b"months_of_trust", "has no 'trust_months' any more"),
        (b"fair_price + ", b"fair_price + 1.00 + ", "/price/fixed: expected 240000, is 240100"),
    ],
)
def test_a_template_that_was_changed_too_far_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: bytes, new: bytes, told: str
) -> None:
    monkeypatch.setattr("service.cli.new.read_files", lambda folder: changed_template(old, new))
    result = run("new", tmp_path / "book", "--yes")
    assert result.exit_code == 1
    assert told in result.stderr
    assert "begin with a copy of the folder" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_is_refused_is_told_where_it_is_wrong(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.new.read_files", lambda folder: changed_template(b"half_up", b"sideways"))
    result = run("new", tmp_path / "book", "--yes")
    assert result.exit_code == 1
    assert f"{ROOT / 'policies' / 'agency' / 'book.yaml'}:" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_holidays_that_move_beyond_what_is_known_are_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    assert public_holidays("IN", 2026).every_year["08-15"] == "Independence Day"
    assert list(recwarn) == []


def test_folders_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    for name, told in (("link", "leads nowhere"), ("x" * 300, "can't be written: File name too long.")):
        result = run("new", tmp_path / name, "--yes")
        assert (result.exit_code, told in result.stderr) == (1, True), result.output
    assert [path.name for path in tmp_path.iterdir()] == ["link"]
