"""Files of the firm's books come in whole: each row once, every bad one told, sums equal to the cent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from decimal import Decimal

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from service.clients.files import Unreadable
from service.domain.books import Incident, Invoice, Payment, Service, Tally

HEAD = "client_id,day,amount,currency\n"


def kept(url: str, table: str = "client_payments", columns: str = "client_id, day, amount, currency") -> list[tuple]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM {table}")).all()
    engine.dispose()
    return sorted(tuple(str(cell) for cell in row) for row in rows)


def test_every_row_is_kept_or_told_and_the_sums_reconcile(bring, url):
    imported, refused = bring(
        "payments",
        HEAD
        + "c-1,2026-01-02,12.30,EUR\n"
        + "c-1,2026-01-02,12.30,EUR\n"  # twice on one day: both count
        + ",2026-01-03,-5,EUR\n"  # a refund to nobody known
        + "c-2,2026-02-30,7.00,EUR\n"
        + "c-3,2026-01-04,1.234,EUR\n"
        + "c-4,2026-01-05,100,JPY\n"
        + "c-5,2026-01-05\n"
        + "c-6,2026-01-06,0.125,BHD\n"
        + '"c"-7,2026-01-06,1,EUR\n'
        + "\n"
        + "c-8,2026-01-06,1.00,XYZ\n",
    )
    assert imported.read == Tally(10, {"BHD": 125, "EUR": 2_660, "JPY": 100})
    assert imported.taken == Tally(5, {"BHD": 125, "EUR": 1_960, "JPY": 100})
    assert imported.refused == Tally(5, {"EUR": 700})
    assert imported.known == Tally(0, {})
    assert [line for line, _ in refused] == [5, 6, 8, 10, 12]
    assert refused[0][1] == "day: '2026-02-30' is not a day such as 2026-03-31"
    assert refused[1][1] == "amount: '1.234' has more decimal places than EUR, which has 2"
    assert refused[2][1] == "amount: empty; currency: empty"
    assert refused[4][1] == "currency: 'XYZ' is not an active code of ISO 4217"
    assert kept(url) == [
        ("None", "2026-01-03", "-500", "EUR"),
        ("c-1", "2026-01-02", "1230", "EUR"),
        ("c-1", "2026-01-02", "1230", "EUR"),
        ("c-4", "2026-01-05", "100", "JPY"),
        ("c-6", "2026-01-06", "125", "BHD"),
    ]


def test_the_same_file_again_changes_nothing(bring, url):
    text = HEAD + "c-1,2026-01-02,12.30,EUR\nc-1,2026-01-02,12.30,EUR\n,2026-01-03,-5,EUR\n"
    bring("payments", text)
    before = kept(url)
    imported, _ = bring("payments", text)
    assert imported.taken == Tally(0, {})
    assert imported.known == Tally(3, {"EUR": 1_960})
    assert kept(url) == before


def test_a_longer_file_adds_what_is_new(bring, url):
    bring("payments", HEAD + "c-1,2026-01-02,12.30,EUR\n")
    imported, _ = bring("payments", HEAD + "c-2,2026-01-01,1,EUR\nc-1,2026-01-02,12.30,EUR\n")
    assert (imported.taken.rows, imported.known.rows) == (1, 1)
    assert len(kept(url)) == 2


def test_a_reference_is_one_row_and_the_later_file_holds(bring, url):
    head = "reference,client_id,issued_on,due_on,paid_on,amount,currency\n"
    bring("invoices", head + "R-1,c-1,2026-01-01,2026-01-15,,100,EUR\nR-2,c-1,2026-01-02,2026-01-15,,50,EUR\n")
    imported, _ = bring("invoices", head + "R-1,c-1,2026-01-01,2026-01-15,2026-01-20,100,EUR\n")
    assert (imported.taken.rows, imported.replaced) == (1, 1)
    columns = "client_id, issued_on, due_on, paid_on, amount"
    assert kept(url, "client_invoices", columns) == [
        ("c-1", "2026-01-01", "2026-01-15", "2026-01-20", "10000"),
        ("c-1", "2026-01-02", "2026-01-15", "None", "5000"),
    ]


def test_a_reference_that_stands_for_two_things_is_refused_wherever_it_stands(bring, url):
    head = "reference,client_id,day,amount,currency\n"
    imported, refused = bring(
        "payments", head + "P1,c-1,2026-01-01,5,EUR\nP2,c-1,2026-01-01,5,EUR\nP1,c-1,2026-01-01,6,EUR\n"
        + "P2,c-1,2026-01-01,5,EUR\n",
    )  # fmt: skip
    assert sorted(refused) == [
        (2, "reference: 'P1' stands for other rows of the file too"),
        (4, "reference: 'P1' stands for other rows of the file too"),
    ]
    assert (imported.taken, imported.known) == (Tally(1, {"EUR": 500}), Tally(1, {"EUR": 500}))
    assert imported.refused == Tally(2, {"EUR": 1_100})
    assert len(kept(url)) == 1


def test_columns_are_mapped_and_written_as_the_firm_writes(bring, books):
    imported, refused = bring(
        "payments", "Kunde;Datum;Betrag\nc-1;31.12.2025;-1234,50\nc-2;2025-12-31;1,00\n",
        {"client_id": "kunde", "day": "Datum", "amount": "Betrag"},
        decimal_comma=True, dates="%d.%m.%Y", currency="EUR",
    )  # fmt: skip
    assert refused == [(3, "day: '2025-12-31' is not a day written as %d.%m.%Y")]
    assert imported.taken == Tally(1, {"EUR": -123_450})
    account = books.account("c-1", date(2026, 1, 1))
    assert account.payments == (Payment(day=date(2025, 12, 31), amount=-123_450, currency="EUR"),)


def test_excel_and_parquet_say_the_same_as_csv(bring, url, tmp_path):
    bring("payments", HEAD + "c-1,2026-01-02,12.3,EUR\nc-2,2026-01-03,-0.1,EUR\n")
    sheet = openpyxl.Workbook()
    for row in (["client_id", "day", "amount", "currency"], ["c-1", date(2026, 1, 2), 12.3, "EUR"],
                ["c-2", date(2026, 1, 3), -0.1, "EUR"], [None] * 4, ["c-3", date(2026, 1, 4), 7, "EUR"]):  # fmt: skip
        sheet.active.append(row)
    sheet.save(tmp_path / "p.xlsx")
    imported, refused = bring("payments", tmp_path / "p.xlsx")
    assert (imported.known.rows, imported.taken, refused) == (2, Tally(1, {"EUR": 700}), [])
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'c-3' client_id, DATE '2026-01-04' AS day, 7.00::DECIMAL(9, 2) amount, 'EUR' currency"
            f" UNION ALL SELECT 'c-4', DATE '2026-01-04', 0.10, 'EUR') TO '{tmp_path / 'p.parquet'}'"
        )
    imported, _ = bring("payments", tmp_path / "p.parquet")
    assert (imported.known.rows, imported.taken) == (1, Tally(1, {"EUR": 10}))


def test_services_and_incidents(bring, books):
    imported, refused = bring(
        "services", "client_id,day,units,cost,currency\nc-1,2026-01-02,3,40.00,EUR\nc-1,2026-01-03,-1,1,EUR\n"
        "c-1,2026-01-03,1,-1,EUR\n",
    )  # fmt: skip
    assert [line for line, _ in refused] == [3, 4]
    assert imported.taken == Tally(1, {"EUR": 4_000})
    imported, refused = bring(
        "incidents",
        "client_id,day,signal,count\nc-1,2026-01-02,scenes,2\nc-1,2026-01-02,shouting,1\n,2026-01-02,scenes,1\n",
    )
    assert [line for line, _ in refused] == [3, 4]
    account = books.account("c-1", date(2026, 1, 2))
    assert account.services == (Service(day=date(2026, 1, 2), units=3, cost=4_000, currency="EUR"),)
    assert account.incidents == (Incident(day=date(2026, 1, 2), signal="scenes", count=2),)


def test_an_account_ends_with_its_day(bring, books):
    head = "reference,client_id,issued_on,due_on,paid_on,amount,currency\n"
    bring(
        "invoices", head + "R-1,c-1,2026-01-01,2026-01-15,2026-03-01,100,EUR\nR-2,c-1,2026-01-03,2026-01-15,,50,EUR\n"
    )
    paid = Invoice(
        issued_on=date(2026, 1, 1), due_on=date(2026, 1, 15), paid_on=date(2026, 3, 1), amount=10_000, currency="EUR"
    )
    assert books.account("c-1", date(2026, 1, 2)).invoices == (paid,)
    assert books.account("c-1", date(2025, 12, 31)) is None
    assert books.account("c-2", date(2026, 1, 2)) is None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("p.csv", "", "the first line must name the columns"),
        ("p.csv", "day,day,amount,currency\n", "the column day stands there twice"),
        ("p.csv", "client_id,day,currency\n", "no column 'amount' for amount"),
        ("p.csv", "client_id,day,amount,currency\nc\xff,".encode("latin-1"), "not UTF-8"),
        ("p.ods", "x", "a file named .csv, .xlsx, .parquet is wanted"),
        ("p.xlsx", "x", "not an Excel workbook"),
        ("p.parquet", "x", "not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(bring, url, tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Unreadable, match=why):
        bring("payments", path)
    assert kept(url) == []
    assert kept(url, "book_imports", "id") == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(1, 3), st.integers(-9, 9)), max_size=12),
    seed=st.integers(0, 2**16),
)
def test_shuffled_or_cut_in_two_with_references_it_is_the_same(bring, url, rows, seed):
    head = "reference,client_id,day,amount,currency\n"
    lines = [f"R{n},{client},2026-01-0{day},{sum_},EUR\n" for n, (client, day, sum_) in enumerate(rows)]
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM client_payments"))
    engine.dispose()
    bring("payments", head + "".join(lines))
    whole = kept(url)
    random.Random(seed).shuffle(lines)
    at = seed % (len(lines) + 1)
    for part in (lines[at:], lines[:at], lines[at:]):
        bring("payments", head + "".join(part))
    assert kept(url) == whole
    expected = Counter((client or "None", f"2026-01-0{day}", str(sum_ * 100), "EUR") for client, day, sum_ in rows)
    assert Counter(whole) == expected


def test_killed_half_way_and_run_again_it_ends_with_exact_totals(url, tmp_path):
    lines = 60_000
    path = tmp_path / "payments.csv"
    chance = random.Random(5)
    sums = [chance.randrange(-1_000, 100_000) for _ in range(lines)]
    path.write_text(
        HEAD + "".join(f"c-{n % 97},2026-01-{n % 28 + 1:02},{Decimal(s) / 100},EUR\n" for n, s in enumerate(sums))
    )
    command = [
        sys.executable,
        "-m",
        "service.cli",
        "clients",
        "import",
        str(path),
        "--kind",
        "payments",
        "--database",
        url,
    ]
    for _ in range(2):
        process = subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        _await_rows(url, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{lines:,} rows read" in done.stdout
    rows = kept(url, "client_payments", "amount")
    assert len(rows) == lines
    assert sum(int(amount) for (amount,) in rows) == sum(sums)


def _await_rows(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until more rows are there than when it began, and not yet all."""
    before = len(kept(url, "client_payments", "number"))
    for _ in range(600):
        if len(kept(url, "client_payments", "number")) > before:
            return
        assert process.poll() is None, process.stdout.read().decode()
        time.sleep(0.05)
    raise AssertionError("no rows came in")
