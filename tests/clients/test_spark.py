"""Spark answers what DuckDB answers, by the same SQL, on small books and on random ones."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date

import orjson
import pytest

from service.clients.asking import Asking
from service.clients.reports import REPORTS
from service.clients.spark import installed
from service.domain.lists import Approach, Drawing, Measure, Ties, Union
from service.ledger import Database, migrate
from service.settings import SettingsRefused, from_environment
from tests.cli.conftest import run

__all__ = ["run"]

MASTER = "local[2]"
DAY = date(2026, 3, 2)
DRAWINGS = (
    Drawing(drawn_on=DAY, currency="EUR", few=5),
    Drawing(drawn_on=DAY, currency="EUR", few=5, approach=Approach.B, union=Union.PERIOD, ties=Ties.OUT),
    Drawing(drawn_on=DAY, currency="EUR", few=5, measure=Measure.PROFIT, ties=Ties.SECOND, second=Measure.UNITS),
    Drawing(drawn_on=DAY, currency="USD"),
)
needs_spark = pytest.mark.skipif(
    not installed() and not os.environ.get("REQUIRE_SPARK"), reason="pyspark isn't installed: quotewright[spark]"
)


@pytest.fixture
def empty_url(tmp_path):
    """Spark reads what lies beside SQLite."""
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def both(url):
    database = Database(url)
    yield Asking(database), Asking(database, MASTER)
    database.close()


def told(asking, drawing):
    """As an answer has it: a sum that came as a decimal number would be equal and can't be written."""
    return {name: orjson.dumps(list(report.rows(asking, drawing))) for name, report in REPORTS.items()}


@pytest.mark.slow
@needs_spark
def test_every_list_of_the_example_books_is_the_same(books, bring, both, root):
    for kind in ("payments", "services"):
        bring(kind, (root / "examples" / "books" / f"{kind}.csv").read_text())
    duckdb, spark = both
    for drawing in DRAWINGS:
        found = told(duckdb, drawing)
        assert found["categories"] != b"[]" or drawing.currency == "USD"
        assert told(spark, drawing) == found


def amount(kind, chance):
    if kind == "payments":
        return str(chance.randrange(-50, 400))
    return f"{chance.randrange(1, 9)},{chance.randrange(200)}"


@pytest.mark.slow
@needs_spark
def test_random_books_and_none(books, bring, both):
    duckdb, spark = both
    assert told(spark, DRAWINGS[0]) == told(duckdb, DRAWINGS[0])
    chance = random.Random(5)
    for kind, head in (("payments", "amount"), ("services", "units,cost")):
        rows = [
            f"c{chance.randrange(30)},{date(2025, 1 + chance.randrange(12), 1 + chance.randrange(28))},"
            f"{amount(kind, chance)},EUR\n"
            for _ in range(600)
        ]
        bring(kind, f"client_id,day,{head},currency\n" + "".join(rows))
    for drawing in DRAWINGS:
        assert told(spark, drawing) == told(duckdb, drawing)


@pytest.mark.skipif(installed(), reason="pyspark is installed")
def test_without_it_the_settings_say_what_to_install():
    with pytest.raises(SettingsRefused, match=r"SPARK_MASTER='local\[2\]' can't be used: install quotewright\[spark\]"):
        from_environment({"SPARK_MASTER": MASTER})


def test_beside_postgresql_there_is_nothing_to_read():
    with pytest.raises(SettingsRefused, match="PostgreSQL is asked itself"):
        from_environment({"SPARK_MASTER": MASTER, "DATABASE_URL": "postgresql://u@h/d"})


@needs_spark
def test_who_can_not_start_it_is_told_what_to_mend(url):
    """In a process of its own, since Java runs on in one that has started it."""
    ran = subprocess.run(
        [sys.executable, "-m", "service.cli", "clients", "list", "due", "--database", url, "--spark-master", MASTER],
        env=os.environ | {"JAVA_HOME": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    said = ran.stderr.splitlines()[-1]
    assert said == f"{MASTER}: Spark can't be started: install Java 17 or name it in JAVA_HOME, and check the master"


@pytest.mark.parametrize("command", [("list", "due"), ("draw",)])
def test_the_command_does_not_pass_over_it_beside_postgresql(postgres_url, run, command):
    migrate(postgres_url)
    ran = run("clients", *command, "--database", postgres_url, "--spark-master", MASTER)
    assert ran.exit_code == 1
    assert "PostgreSQL is asked itself" in ran.output


@pytest.mark.skipif(installed(), reason="pyspark is installed")
def test_without_it_the_command_says_what_to_install(url, run):
    ran = run("clients", "list", "due", "--database", url, "--spark-master", MASTER)
    assert (ran.exit_code, ran.output) == (
        1, "Spark is asked for and pyspark isn't installed: install quotewright[spark].\n"
    )  # fmt: skip
