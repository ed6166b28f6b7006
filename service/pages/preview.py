"""/preview in a browser: what the firm would answer. Nothing is recorded, and the address holds all that was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, redirect, request

from schemas.findings import Finding, Invalid
from schemas.preview import load_preview
from service.api import preview_parameters
from service.api.access import caller, needs
from service.api.deciding import decide, known
from service.api.evaluate import NOT_RECORDED
from service.api.followed import Named
from service.api.recording import Made
from service.api.services import Services, services
from service.authoring.surroundings import Surroundings
from service.domain.decision import Decision
from service.domain.facts import Unit
from service.domain.money import EXPONENTS
from service.domain.people import Role
from service.domain.steps import Step
from service.domain.units import SCALE, decimal_text
from service.pages import asked, charts
from service.pages.figures import figures
from service.pages.page import page
from service.pages.samples import SAMPLES
from service.policy.book import Book, Parameter
from service.policy.nodes import PARAMETER

blueprint = Blueprint("preview_page", __name__, template_folder="templates")
PARAMETERS = "parameters."
_READ = re.compile(rf"\b{re.escape(PARAMETER)}(\w+)")
_SLIDABLE = (Unit.PERCENT, Unit.COUNT, Unit.DAYS)


@dataclass(frozen=True, slots=True)
class Slider:
    """A parameter that the rules which fired read, in written units. `value`: what is tried, or what is in force."""

    name: str
    meaning: str
    unit: str
    most: int
    step: str
    value: str
    in_force: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one version decides. `floor`: None where no price is named."""

    version: str
    decision: Decision
    floor: int | None
    range: charts.Range | None
    bars: tuple[charts.Bar, ...]


@dataclass(slots=True)
class Shown:
    sides: list[Side] = field(default_factory=list)
    sliders: list[Slider] = field(default_factory=list)
    conditions: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    others: list[Finding] = field(default_factory=list)


@blueprint.get("/preview")
@needs(Role.MANAGER)
def preview() -> Response:
    sample = request.args.get("sample")
    if sample in SAMPLES:
        return redirect(f"/preview?{urlencode(SAMPLES[sample][1])}", 303)  # type: ignore[return-value]
    form = request.args.to_dict()
    at = services()
    in_force = at.policy.current.policy.book
    shown = _shown(at, form) if any(form.get(path) for path in asked.paths()) else None
    template = "answer.html" if form.get("part") == "answer" else "preview.html"
    currency = form.get("currency", "") if form.get("currency", "") in EXPONENTS else in_force.currency
    return page(
        template, script=True,
        caller=caller(), form=form, shown=shown, faults=shown.faults if shown else {},
        groups=asked.GROUPS, line=asked.LINE, detail=asked.DETAIL,
        lines=range(asked.LINES), details=range(asked.DETAILS), samples=SAMPLES,
        currencies=sorted({*asked.CURRENCIES, in_force.currency, currency}),
        currency=currency, book=in_force, versions=_versions(at, in_force) if template == "preview.html" else (),
        money=partial(figures().money, currency=currency), percent=figures().percent,
    )  # fmt: skip


def _shown(at: Services, form: Mapping[str, str]) -> Shown:
    """What was typed, decided by the version in force and, beside it, by the one that was chosen."""
    typed, shown = asked.typed(form, at.policy.current.policy.book.currency), Shown()
    shown.faults |= typed.faults
    typed.request.setdefault("client", {}).setdefault("id", "preview")
    typed.request.setdefault("job", {}).setdefault("lines", [])
    written = _written(at.policy.current.policy.book, form, at.now().date())
    wanted = [""] + ([form["version"]] if form.get("version") else [])
    for version in wanted if not typed.faults else []:
        body = dict(typed.request) | ({"policy_version": version} if version else {})
        try:
            made, floor = _made(at, body, written)
        except Invalid as invalid:
            _place(shown, invalid.findings, typed.rows)
            continue
        shown.sides.append(_side(made, floor))
        if len(shown.sides) == 1:
            shown.sliders = _sliders(made, written)
            book = made.in_force.policy.book
            words = Surroundings(book, (), made.request.as_of).words
            shown.conditions = {rule.id: words.clause(rule.when.node).one_line() for rule in book.rules}
    return shown


def _written(book: Book, form: Mapping[str, str], today: date) -> dict[str, str | int]:
    """Values to try, as the book writes them; a name that it doesn't have is told by whoever reads them. One that is in
    force isn't tried: without a script every slider is sent along, and another version has its own."""
    values: dict[str, str | int] = {}
    for field_name, text in form.items():
        name, typed = field_name.removeprefix(PARAMETERS), text.strip()
        if not field_name.startswith(PARAMETERS) or not typed:
            continue
        parameter = book.parameters.get(name)
        if parameter and typed.removesuffix("%").strip() == _in_force(parameter, _day_of(form, today)):
            continue
        if parameter and parameter.type.unit is Unit.PERCENT and not typed.endswith("%"):
            values[name] = f"{typed} %"
        else:
            values[name] = int(typed) if typed.isdecimal() and len(typed) < 10 else typed
    return values


def _made(at: Services, body: Mapping[str, Any], written: Mapping[str, str | int]) -> tuple[Made, int | None]:
    """Through the same doors as POST /preview. Raises `Invalid`, Unusable, LedgerUnavailable."""
    now, named = at.now(), Named(at.policy.followed())
    wanted = load_preview(orjson.dumps({"request": body, "parameters": written, "why_not": True}), now, named)
    in_force = named.on(wanted.request.policy_version, wanted.request.as_of, wanted.request.known_at)
    assert in_force is not None, "without one the body would have been refused"
    overrides = preview_parameters.overrides(in_force.policy.book, wanted.request, wanted.parameters)
    completed, from_books = known(at, in_force, wanted.request, wanted.given, caller().role, "/request")
    made = decide(at, in_force, completed, NOT_RECORDED, now, True, overrides, "/request", from_books)
    runtime = in_force.policy.runtime(completed.as_of, completed.currency, overrides)
    floor = runtime.outlook(made.facts).get("decision.floor")
    return made, floor if isinstance(floor, int) else None


def _side(made: Made, floor: int | None) -> Side:
    decision = made.decision
    return Side(
        decision.policy.version,
        decision,
        floor if decision.price else None,
        charts.price_range(decision, floor, made.request.deal.budget),
        charts.waterfall(decision.waterfall),
    )


def _place(shown: Shown, findings: tuple[Finding, ...], rows: Mapping[str, list[str]]) -> None:
    """Each finding beside its field; what no field of the form is about goes to the top."""
    known_paths = set(asked.paths())
    for finding in findings:
        names = finding.pointer.removeprefix("/request/").split("/")
        if len(names) > 2 and names[1] in rows and names[2].isdecimal():
            names[2] = rows[names[1]][int(names[2])]
        path = ".".join(names)
        if path in known_paths:
            shown.faults[path] = f"{finding.message} {finding.fix}"
        elif finding not in shown.others:
            shown.others.append(finding)


def _sliders(made: Made, written: Mapping[str, str | int]) -> list[Slider]:
    book, fired = made.in_force.policy.book, {reason.rule for reason in made.decision.reasons}
    sources = [
        source
        for rule in book.rules
        if rule.id in fired
        for source in (rule.when.source, *(e.source for _, e in rule.effects))
    ]
    names = sorted({name for source in sources for name in _READ.findall(source)} | set(written))
    return [
        _slider(book.parameters[name], made, str(written.get(name, "")))
        for name in names
        if name in book.parameters and book.parameters[name].type.unit in _SLIDABLE
    ]


def _slider(parameter: Parameter, made: Made, tried: str) -> Slider:
    in_force = _in_force(parameter, made.request.as_of)
    unit = "%" if parameter.type.unit is Unit.PERCENT else ""
    shown = (tried or in_force).removesuffix("%").strip()
    whole = "." not in in_force + shown
    most = max(2 * int(in_force.partition(".")[0]), int(shown.partition(".")[0]) + (not whole), 10)
    return Slider(parameter.name, parameter.meaning, unit, most, "1" if whole else "0.01", shown, in_force)


def _in_force(parameter: Parameter, day: date) -> str:
    """As a slider writes it; empty before its first day."""
    past = [value for since, value in parameter.values if since <= day]
    scale = SCALE.get(parameter.type.unit, 1)
    return "" if not past else decimal_text(past[-1], scale) if scale > 1 else str(past[-1])


def _day_of(form: Mapping[str, str], today: date) -> date:
    try:
        return date.fromisoformat(form.get("as_of", ""))
    except ValueError:
        return today


def _versions(at: Services, in_force: Book) -> list[tuple[str, str]]:
    """Of the book, the newest first: version, and what became of it last."""
    last: dict[str, Step] = {}
    for step in at.governing.register.steps(in_force.name):
        if step.version:
            last[step.version] = step
    newest = sorted(last.values(), key=lambda step: step.number, reverse=True)
    return [(step.version, f"{step.kind} {step.at:%Y-%m-%d}") for step in newest if step.version != in_force.version][
        :50
    ]
