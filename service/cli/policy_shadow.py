"""`quotewright policy shadow` and its like: a candidate tried on live requests, and what the trial says."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import orjson
from rich.console import Console
from rich.table import Table

from schemas.policies import LONGEST_NOTE
from service.cli import databases
from service.cli.acting import acting_as
from service.cli.policy_ledger import BOOK, VERSION, book_named, governing_in, version_named
from service.cli.refusals import Refusal
from service.cli.words import Words
from service.domain.money import text as money
from service.domain.people import Role
from service.domain.shadow import Report, Run, report_data
from service.ledger import new_decision_id
from service.ledger.shadow import ShadowRuns


@click.command()
@VERSION
@click.option("--share", type=click.IntRange(1, 100), default=100, help="Per cent of the requests.  [default: 100]")
@click.option("--note", type=Words(LONGEST_NOTE, needed=False), default="", help="What the trial is to show.")
@databases.option
def shadow(version: str, share: int, note: str, database: str) -> None:
    """Let VERSION decide on live requests beside the released one, apart and unanswered."""
    with governing_in(database) as at:
        caller = acting_as(at.register.database, Role.MANAGER)
        chosen, now = version_named(at, version), datetime.now(UTC)
        book = at.editions.of(chosen).book.name
        run = Run(
            id=new_decision_id(now), book=book, version=chosen, started_at=now, started_by=caller.id,
            note=note, share=share * 100,
        )  # fmt: skip
        if ShadowRuns(at.register.database).start(run) is None:
            raise Refusal("Another version is being tried: end that first, quotewright policy shadow-end.")
    click.echo(f"{run.id}: {chosen} is being tried on {share} % of the requests.")


@click.command(name="shadow-end")
@BOOK
@databases.option
def shadow_end(book: str | None, database: str) -> None:
    """End the trial that is under way; what it found is kept."""
    with governing_in(database) as at:
        caller, runs = acting_as(at.register.database, Role.MANAGER), ShadowRuns(at.register.database)
        run = runs.active(book_named(at, book))
        if run is None or not runs.end(run.id, caller.id, datetime.now(UTC)):
            raise Refusal("No version is being tried.")
    click.echo(f"{run.id}: ended.")


@click.command(name="shadow-report")
@click.argument("run_id", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs, as GET /shadow/{id} answers it.")
@BOOK
@databases.option
def shadow_report(run_id: str | None, as_json: bool, book: str | None, database: str) -> None:
    """Tell what a trial says so far: the one with ID, else the one started last."""
    with governing_in(database) as at:
        runs = ShadowRuns(at.register.database)
        if run_id is None:
            run_id = next((run.id for run in runs.runs(book_named(at, book))), "")
        report = runs.report(run_id)
    if report is None:
        raise Refusal("There is no such trial: quotewright policy shadow VERSION starts one.")
    if as_json:
        click.echo(orjson.dumps(report_data(report), option=orjson.OPT_INDENT_2))
    else:
        _print(report)


def _print(report: Report) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    run = report.run
    until = f"until {run.ended_at:%Y-%m-%d %H:%M}" if run.ended_at else "and goes on"
    click.echo(f"{run.version}, tried from {run.started_at:%Y-%m-%d %H:%M} {until} (UTC)")
    click.echo(f"{report.tried} requests tried, {report.differing} decided otherwise")
    outcomes = Table("released", "candidate", "requests", title="Outcomes", title_justify="left")
    for one in report.outcomes:
        outcomes.add_row(one.released, one.candidate, str(one.count))
    sums = Table("priced by both", "released", "candidate", "difference", title="Targets", title_justify="left")
    for sum in report.money:
        told = (money(amount, sum.currency) for amount in (sum.released, sum.candidate, sum.difference))
        sums.add_row(str(sum.priced), *told)
    rules = Table("rule", "released only", "candidate only", title="Rules behind differences", title_justify="left")
    for rule in report.rules:
        rules.add_row(rule.rule, str(rule.released_only), str(rule.candidate_only))
    for table in (outcomes, sums, rules):
        if table.row_count:
            console.print(table)
