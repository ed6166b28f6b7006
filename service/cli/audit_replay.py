"""`quotewright audit replay`: recorded decisions made again, by their own version or by another."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import click
import orjson
from rich.console import Console

from service.cli import databases
from service.cli.audit_wanted import SINCE, UNTIL, days
from service.cli.databases import opened_database
from service.cli.diff_text import print_behaviour
from service.cli.policy_ledger import version_known
from service.cli.refusals import REFUSED, Refusal
from service.governance.diff.as_json import behaviour_data
from service.governance.diff.behaviour import Answer, Asked, Origin, gathered
from service.governance.editions import Unusable
from service.governance.replaying import again, under, words
from service.ledger import Database, Given, Overrides, PolicyRegister
from service.ledger.bodies import UnreadableBody
from service.ledger.entries import Entry
from service.ledger.giving import Giving
from service.ledger.search import Search, Wanted
from service.opened_versions import OpenedVersions

EPILOG = """
\b
Examples:
  quotewright audit replay --since 2026-03-01
  quotewright audit replay --since 2026-03-01 --until 2026-03-31 --by 8c89ae02

\b
Exit codes: 0 all the same, or told under another version; 1 one of them differs or can't be made again; 2 wrong usage.
"""


@dataclass(slots=True)
class _Seen:
    """What was met on the way: decisions, those whose words were erased, and findings by decision."""

    count: int = 0
    wordless: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)

    def find(self, code: str, decision: str, why: str) -> None:
        self.findings.append({"code": code, "place": f"decision {decision}", "why": why})


@click.command(epilog=EPILOG)
@SINCE
@UNTIL
@click.option("--by", metavar="VERSION", help="Decide by this version, and tell the differences.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found for programs.")
@databases.option
def replay(since: datetime | None, until: datetime | None, by: str | None, as_json: bool, database: str) -> None:
    """Make decisions again by the version that made them, and report any that differ: none may.

    With --by, another version decides, and the differences are told in outcomes, money and rules.
    """
    with opened_database(database) as opened:
        seen, asked = _Seen(), days(since, until)
        if by:
            _told_by_another(opened, asked, version_known(opened, by), seen, as_json)
        else:
            _told_by_their_own(opened, asked, seen, as_json)
    if seen.findings:
        sys.exit(REFUSED)


def _told_by_their_own(database: Database, asked: Wanted, seen: _Seen, as_json: bool) -> None:
    versions, giving, same = _versions(database), Giving(database), 0
    for entry in _entries(database, asked, seen):
        if giving.kept(entry.id) != _given(entry):
            seen.find("concessions-differ", entry.id, "what stands beside it as given away isn't what it answered")
        try:
            replayed = again(entry, versions.of(entry.version))
        except Unusable as unusable:
            seen.find("version-unusable", entry.id, str(unusable))
            continue
        same += replayed.same
        if not replayed.same:
            parts = ", ".join(replayed.difference.parts)
            seen.find("differs", entry.id, "; ".join([*words(replayed)] or [parts]))
    if as_json:
        counted = {"decisions": seen.count, "same": same, "wordless": seen.wordless, "findings": seen.findings}
        click.echo(orjson.dumps(counted, option=orjson.OPT_INDENT_2))
        return
    _print_findings(seen)
    click.echo(f"{seen.count:,} decisions: {same:,} the same to the byte, {len(seen.findings):,} not, "
               f"{seen.wordless:,} whose words were erased.")  # fmt: skip


def _given(entry: Entry) -> frozenset[Given]:
    told = orjson.loads(entry.answer)["concessions"]
    return frozenset(Given(c["kind"], c["amount"], c["percent"], tuple(c["rules"])) for c in told)


def _told_by_another(database: Database, asked: Wanted, version: str, seen: _Seen, as_json: bool) -> None:
    by, overrides = _versions(database), Overrides(database)
    try:
        other = by.of(version)
    except Unusable as unusable:
        raise Refusal(f"{unusable}.") from unusable
    decided_by: Counter[str] = Counter()

    def answers() -> Iterator[tuple[Asked, Answer, Answer]]:
        for entry in _entries(database, asked, seen):
            decided_by[entry.version] += 1
            difference = under(entry, other, bool(overrides.overridden([entry.id]))).difference
            yield difference.asked, difference.before, difference.after

    found = gathered(Origin.DECISION, answers())
    if as_json:
        counted: dict[str, Any] = {
            "by": version, "decisions": seen.count, "decided_by": dict(decided_by), "wordless": seen.wordless,
            "findings": seen.findings, "behaviour": behaviour_data(found),
        }  # fmt: skip
        click.echo(orjson.dumps(counted, option=orjson.OPT_INDENT_2))
        return
    _print_findings(seen)
    click.echo(f"A: as recorded, by {', '.join(each[:19] for each in decided_by) or 'none'}\nB: by {version[:19]}")
    print_behaviour(Console(highlight=False, markup=False, emoji=False), found)
    if seen.wordless:
        click.echo(f"  {seen.wordless:,} more can't be asked: their words were erased.")


def _entries(database: Database, asked: Wanted, seen: _Seen) -> Iterator[Entry]:
    for found, recorded in Search(database).recorded(asked):
        seen.count += 1
        if isinstance(recorded, UnreadableBody):
            seen.find("unreadable", found.decision_id, str(recorded))
        elif not recorded.kept:
            seen.wordless += 1
        else:
            yield recorded.entry


def _print_findings(seen: _Seen) -> None:
    for each in seen.findings:
        click.echo(f"{each['place']}: {each['code']}: {each['why']}")


def _versions(database: Database) -> OpenedVersions:
    return OpenedVersions(PolicyRegister(database), lambda: datetime.now(UTC).date())
