"""`quotewright clients list|draw`: what the books say of all clients. Counts nothing itself."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from service.cli import databases
from service.cli.acting import acting_or_anyone
from service.cli.books import loaded_book, read_files
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.clients.asking import Asking, ListsUnavailable
from service.clients.drawing import settings
from service.clients.reports import REPORTS, Report, written
from service.clients.spark import installed
from service.domain.facts import Unit
from service.domain.lists import CATEGORIES, SETTINGS, Approach, Drawing, Measure, Ties, Union
from service.domain.money import EXPONENTS
from service.domain.money import text as money_text
from service.domain.people import Role
from service.ledger import Database
from service.ledger.books import Books
from service.settings import SHIPPED_BOOK

SHOWN = 25
EPILOG = """
\b
Examples:
  quotewright clients list categories --as-of 2026-03-01
  quotewright clients list pareto --measure profit --format csv > curve.csv
  quotewright clients draw --as-of 2026-03-01 --approach B

\b
The day's own month doesn't count, nor anything after it. In JSON and CSV shares are in basis points (20 % is 2000) and
money is in minor units.
Exit codes: 0 told; 1 the database or the book can't be used; 2 wrong usage.
"""
_OPTIONS = (
    click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Day of the list; today."),
    click.option("--book", "folder", metavar="FOLDER", envvar="POLICY_BOOK", type=click.Path(path_type=Path),
                 default=SHIPPED_BOOK,
                 help="Policy book whose numbers hold where an option is left out; POLICY_BOOK sets it too.  "
                 "[default: the agency's, which ships with the product]"),
    click.option("--currency", type=click.Choice(list(EXPONENTS)), metavar="CODE", help="[default: the book's]"),
    click.option("--measure", type=click.Choice([str(m) for m in Measure]), default="money", show_default=True),
    click.option("--approach", type=click.Choice([str(a) for a in Approach]), default="A", show_default=True,
                 help="A cuts the weakest off as other, B calls the next best good."),
    click.option("--union", type=click.Choice([str(u) for u in Union]), default="months", show_default=True,
                 help="Lists of each month united, or one over the period."),
    click.option("--ties", type=click.Choice([str(t) for t in Ties]), default="in", show_default=True,
                 help="Who bring as much as the last one: all are in, none is, or a second measure decides."),
    click.option("--second", type=click.Choice([str(m) for m in Measure]), default="services", show_default=True,
                 help="The second measure."),
    click.option("--months", type=click.IntRange(1, 36), help="[default: the book's list_months, or 6]"),
    click.option("--vip-share", type=click.IntRange(1, 99), metavar="PERCENT",
                 help="[default: the book's list_vip_share, or 20]"),
    click.option("--second-share", type=click.IntRange(1, 99), metavar="PERCENT",
                 help="Of the weakest in A, of the next best in B.  [default: the book's list_second_share, or 20]"),
    click.option("--few", type=click.IntRange(1, 10_000),
                 help="With fewer who paid in a month there are no categories in it.  "
                 "[default: the book's list_few, or 20]"),
    click.option("--recent-days", type=click.IntRange(1, 3_650),
                 help="Up to so many days ago a purchase is recent.  "
                 "[default: the book's activity_recent_days, or 90]"),
    click.option("--lost-days", type=click.IntRange(1, 3_650),
                 help="Longer ago, and a client that came back is lost.  "
                 "[default: the book's activity_lost_days, or 180]"),
    click.option("--often", type=click.IntRange(2, 1_000),
                 help="So many purchases in the year are many.  [default: the book's activity_often, or 6]"),
)  # fmt: skip


_SPARK = click.option(
    "--spark-master", envvar="SPARK_MASTER", default="", metavar="MASTER",
    help="Who works it out instead of DuckDB, such as local[2]; needs quotewright[spark] and a SQLite ledger.",
)  # fmt: skip


def _drawn(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return databases.option(_SPARK(command))


def _drawing(given: dict[str, Any]) -> Drawing:
    day = given["as_of"].date() if given["as_of"] else datetime.now(UTC).date()
    book = loaded_book(given["folder"], read_files(given["folder"]))
    asked = {
        setting.field: given[setting.field] * (100 if setting.unit is Unit.PERCENT else 1)
        for setting in SETTINGS.values()
        if given[setting.field] is not None
    }
    return Drawing(
        drawn_on=day, currency=given["currency"] or book.currency, measure=Measure(given["measure"]),
        approach=Approach(given["approach"]), union=Union(given["union"]), ties=Ties(given["ties"]),
        second=Measure(given["second"]), **settings(book, day) | asked,
    )  # fmt: skip


@click.command("list", epilog=EPILOG)
@click.argument("name", type=click.Choice(list(REPORTS)), metavar=f"[{'|'.join(REPORTS)}]")
@click.option("--format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@_drawn
def list_(name: str, format: str, database: str, spark_master: str, **given: Any) -> None:
    """What the firm's books say of all its clients."""
    drawing, report = _drawing(given), REPORTS[name]
    with opened_database(database) as opened:
        rows = list(_asked(_asking(opened, spark_master), report, drawing))
    if format == "json":
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    elif format == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        if rows:
            out.writerow(rows[0])
        out.writerows([written(value) for value in row.values()] for row in rows)
    else:
        _print(report, rows, drawing)


@click.command(epilog=EPILOG)
@_drawn
def draw(database: str, spark_master: str, **given: Any) -> None:
    """Draw the clients' categories and keep them: decisions of that day and later go by them."""
    drawing = _drawing(given)
    with opened_database(database) as opened:
        caller = acting_or_anyone(opened)
        if not caller.role.covers(Role.MANAGER):
            raise Refusal(f"This needs the role manager, and {caller.name}'s token has the role {caller.role}.")
        try:
            listed = _asking(opened, spark_master).listed(drawing)
        except ListsUnavailable as fault:
            raise Refusal(str(fault)) from fault
        Books(opened).keep_categories(drawing.drawn_on, [(each.client_id, each.category) for each in listed])
    counts = Counter(each.category for each in listed)
    told = ", ".join(f"{counts[name]:,} {name}" for name in CATEGORIES if counts[name]) or "nobody paid in the period"
    click.echo(f"Drawn on {drawing.drawn_on}: {told}.")


def _asking(opened: Database, spark_master: str) -> Asking:
    if spark_master and opened.file is None:
        raise Refusal(
            "Spark reads files that lie beside a SQLite ledger; PostgreSQL is asked itself: leave SPARK_MASTER unset."
        )
    if spark_master and not installed():
        raise Refusal("Spark is asked for and pyspark isn't installed: install quotewright[spark].")
    return Asking(opened, spark_master)


def _asked(asking: Asking, report: Report, drawing: Drawing) -> Any:
    try:
        return list(report.rows(asking, drawing))
    except ListsUnavailable as fault:
        raise Refusal(str(fault)) from fault


def _print(report: Report, rows: list[Any], drawing: Drawing) -> None:
    console = Console(highlight=False)
    console.print(report.meaning)
    if not rows:
        console.print("Nobody.")
        return
    table = Table(box=None)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows[:SHOWN]:
        table.add_row(*(_cell(report, name, value, drawing) for name, value in row.items()))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN:,} more: --format csv tells all.")


def _cell(report: Report, name: str, value: Any, drawing: Drawing) -> str:
    counted = name == "measure" and drawing.measure in (Measure.SERVICES, Measure.UNITS)
    if name in report.money and not counted:
        return money_text(value, drawing.currency)
    if name in report.shares:
        return f"{value / 100:.1f} %"
    return str(written(value))
