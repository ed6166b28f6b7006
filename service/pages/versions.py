"""/versions: how the policy came to be what it is; one version as a document; what one changes of another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response

from service.api import queries
from service.api.access import caller, needs
from service.api.policies import compared_with, found, listed, standing_of, told
from service.api.services import Services, services
from service.authoring.surroundings import Surroundings
from service.domain.people import Role
from service.governance import as_json
from service.governance.diff.books import book_diff
from service.governance.editions import Unusable
from service.pages.page import page
from service.policy.book import Book, Rule, Table

blueprint = Blueprint("versions_page", __name__, template_folder="templates")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Read:
    """A version as its document shows it. `own`: by stage, the rules that are rows of no table."""

    book: Book
    seen: Surroundings
    own: dict[str, tuple[Rule, ...]]
    tables: dict[str, tuple[Table, ...]]
    rules: dict[str, Rule]


@blueprint.get("/versions")
@needs(Role.MANAGER)
def versions() -> Response:
    """The timeline of releases, then every version with its steps, the newest first."""
    at, standing = services(), standing_of(services())
    chosen = list(islice(listed(standing, None, queries.whole("before", 1, 10**18)), PAGE + 1))
    origins, names = at.governing.register.origins(life.version for life in chosen[:PAGE]), at.people.names()
    lives = [
        as_json.summary_data(life, standing, origins.get(life.version), names)
        | {"steps": [as_json.step_data(step, names) for step in life.steps]}
        for life in chosen[:PAGE]
    ]
    timeline = as_json.timeline_data(at.policy.book, standing, None)["timeline"][::-1][:PAGE]
    put_in_force = {span["step"] for span in timeline}
    steps = {
        step.number: as_json.step_data(step, names)
        for life in standing.lives.values()
        for step in life.steps
        if step.number in put_in_force
    }
    older = chosen[PAGE - 1].steps[0].number if len(chosen) > PAGE else None
    return page(
        "versions.html", caller=caller(), book=at.policy.book, lives=lives, timeline=timeline,
        steps=steps, older=older, today=standing.today.isoformat(),
    )  # fmt: skip


@blueprint.get("/versions/<version>")
@needs(Role.MANAGER)
def version(version: str) -> Response:
    return shown(services(), version)


@blueprint.get("/versions/<version>/changes")
@needs(Role.MANAGER)
def changes(version: str) -> Response:
    """Against the version in force today, where no other is named."""
    at = services()
    standing = found(at, version).standing
    against = compared_with(at, standing)
    before, after = at.governing.editions.of(against), at.governing.editions.of(version)
    others = [life.version for life in listed(standing, None, None) if life.version not in (version, against)]
    return page(
        "changes.html", caller=caller(), version=version, against=against, diff=book_diff(before, after),
        others=others[:PAGE],
    )  # fmt: skip


def shown(at: Services, version: str, status: int = 200, message: str = "") -> Response:
    """The page of one version; with `message` where a step was refused. Raises Refused (404), LedgerUnavailable."""
    data, read, unusable = None, None, ""
    try:
        data = told(at, version)
        read = read_on(at, version)
    except Unusable as fault:
        unusable = fault.reason
    return page(
        "version.html", status, caller=caller(), version=version, told=data, read=read, unusable=unusable,
        message=message, role=Role,
    )  # fmt: skip


def read_on(at: Services, version: str) -> Read:
    """With the values of today. Raises Unusable."""
    edition, today = at.governing.editions.of(version), at.now().date()
    book = edition.book
    rows = {row.rule for table in book.tables.values() for row in table.rows}
    rows |= {table.default for table in book.tables.values()}
    own = {stage: tuple(r for r in book.rules if r.stage == stage and r.id not in rows) for stage in book.stages}
    tables = {stage: tuple(t for t in book.tables.values() if t.stage == stage) for stage in book.stages}
    return Read(book, Surroundings(book, edition.cases, today), own, tables, {rule.id: rule for rule in book.rules})
