"""A decision laid out for a terminal: what was decided, what it comes to, and why. Decides and computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.domain.decision import Concession, Decision, FromBooks, Price, Terms, ToClient
from service.domain.money import text as money
from service.domain.units import decimal_text

_COLOURS = {
    "quote": "green",
    "needs_approval": "yellow",
    "needs_details": "yellow",
    "prohibitive": "magenta",
    "decline": "red",
    "held": "red",
}


def print_decision(console: Console, decision: Decision, currency: str) -> None:
    """`currency`: the request's, in which every amount is."""
    _head(console, decision)
    _section(console, "Price", _waterfall(decision, currency))
    _section(console, "Lines", _lines(decision, currency))
    _section(console, "Options", _options(decision, currency))
    _section(console, "Concessions", *(_concession(given, currency) for given in decision.concessions))
    if decision.terms:
        _section(console, "Terms", *_terms(decision.terms, currency))
    _section(console, "Includes", *decision.includes)
    _section(console, "Does not include", *decision.excludes)
    _section(console, "Open details, the one that narrows the range most first", *_open_details(decision, currency))
    _section(console, "Approvals", *(f"{a.role}: {'; '.join(a.why)}" for a in decision.approvals))
    _section(console, "Follow-up", *_follow_up(decision))
    _section(console, "Advice", *decision.advice)
    if decision.from_books:
        _section(console, "Facts of the client", *_origins(decision.from_books))
    _section(console, "Reasons", _labelled((r.practice, r.text, r.rule) for r in decision.reasons))
    if decision.not_fired is not None:
        _section(console, "Did not fire", _not_fired(decision))
    if decision.to_client is not None:
        _section(console, "To the client", *_letter(decision.to_client))
    else:
        _section(console, "To the client", "Nothing may be sent before a person has decided.")


def _origins(books: FromBooks) -> Iterator[str]:
    if books.taken:
        yield f"from the firm's books: {', '.join(books.taken)}"
    if books.given:
        yield f"from the caller, instead of the books: {', '.join(books.given)}"


def _head(console: Console, decision: Decision) -> None:
    price = decision.price
    line = Text(decision.outcome.replace("_", " ").upper(), style=f"bold {_COLOURS[decision.outcome]}")
    if price:
        line.append(f"  {_range(price)}", style="bold")
    console.print(line)
    policy = decision.policy
    console.print(
        f"as of {decision.as_of}, by {policy.book} {policy.version[:19]} in force from {policy.effective_from}",
        style="dim",
    )
    _section(console, "Held", _labelled((h.practice, h.why, h.guardrail) for h in decision.held))


def _range(price: Price) -> str:
    if price.fixed is not None:
        return f"{money(price.fixed, price.currency)} fixed"
    low, target, high = (money(amount, price.currency) for amount in (price.low, price.target, price.high))
    return f"{low} to {high}, target {target}"


def _section(console: Console, title: str, *contents: Table | Text | str | None) -> None:
    """Nothing at all where there is nothing to show."""
    shown = [content for content in contents if content is not None]
    if not shown:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for content in shown:
        console.print(Padding(content, (0, 0, 0, 2), expand=False))


def _grid(*headings: str, right: Iterable[int] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    return table


def _waterfall(decision: Decision, currency: str) -> Table | None:
    if not decision.waterfall:
        return None
    table = _grid("step", "rule", "on", "percent", "amount", "total", right=(2, 3, 4, 5))
    for step in decision.waterfall:
        table.add_row(
            step.name.replace("_", " "),
            Text(step.rule or ""),
            money(step.basis, currency),
            "" if step.percent is None else _percent(step.percent),
            money(step.amount, currency),
            money(step.total, currency),
        )
    return table


def _lines(decision: Decision, currency: str) -> Table | None:
    if not decision.lines:
        return None
    table = _grid("what", "who", "share", right=(2,))
    for line in decision.lines:
        table.add_row(Text(line.description), Text(line.performer or ""), money(line.amount, currency))
    return table


def _options(decision: Decision, currency: str) -> Table | None:
    if not decision.options:
        return None
    table = _grid("option", "low", "target", "high", "", right=(1, 2, 3))
    for option in decision.options:
        amounts = (money(amount, currency) for amount in (option.low, option.target, option.high))
        table.add_row(Text(option.title), *amounts, "recommended" if option.recommended else "")
    return table


def _concession(given: Concession, currency: str) -> str:
    percent = f" ({_percent(given.percent)})" if given.percent is not None else ""
    condition = f", {given.condition}" if given.condition else ""
    lapses = f", lapses on {given.lapses_on}" if given.lapses_on else ""
    return f"{given.kind.replace('_', ' ')} {money(given.amount, currency)}{percent}{condition}{lapses}"


def _terms(terms: Terms, currency: str) -> Iterator[Table | str]:
    yield f"prepayment {_percent(terms.prepayment_percent)}, {money(terms.prepayment, currency)}"
    if terms.credit_days:
        yield f"credit of {money(terms.credit_limit, currency)} for {terms.credit_days} days"
    if terms.milestones:
        table = _grid("payment", "due", "amount", right=(2,))
        for milestone in terms.milestones:
            table.add_row(milestone.name.replace("_", " "), str(milestone.due_on), money(milestone.amount, currency))
        yield table
    if terms.instalments:
        yield f"in {terms.instalments} instalments"
    if terms.ways_to_pay:
        yield f"ways to pay: {', '.join(way.replace('_', ' ') for way in terms.ways_to_pay)}"
    if terms.clauses:
        yield f"clauses: {', '.join(clause.replace('_', ' ') for clause in terms.clauses)}"


def _open_details(decision: Decision, currency: str) -> Iterator[str]:
    for detail in decision.open_details:
        question = f": {detail.question}" if detail.question else ""
        narrows = f" (narrows by {money(detail.narrows_by, currency)})" if detail.narrows_by else ""
        yield f"{detail.name}{question}{narrows}"


def _follow_up(decision: Decision) -> Iterator[str]:
    plan = decision.follow_up
    at_once = ", acknowledge at once" if plan.acknowledge else ""
    yield f"answer by {plan.respond_by.isoformat(sep=' ', timespec='minutes')}{at_once}"
    if plan.valid_until:
        yield f"the quote stands until {plan.valid_until}"
    if plan.calls:
        yield f"call on {', '.join(map(str, plan.calls))}"
    if plan.contact_every_days:
        yield f"during the job be in touch at least every {plan.contact_every_days} days"


def _not_fired(decision: Decision) -> Table | None:
    table = _grid("", "rule", "false clause", "is", "would need")
    for rule in decision.not_fired or ():
        labels = [(rule.practice, rule.rule), *[("", "")] * (len(rule.clauses) - 1)]
        for (practice, name), clause in zip(labels, rule.clauses, strict=True):
            table.add_row(practice, *map(Text, (name, clause.clause, clause.actual, clause.required)))
    return table if table.row_count else None


def _letter(letter: ToClient) -> Iterator[str]:
    yield letter.greeting
    yield letter.summary
    for lines in (letter.breakdown, letter.options, letter.includes, letter.excludes, letter.terms):
        yield from lines
    for answer in letter.answers:
        yield f"{answer.question} {answer.answer}"
    yield from letter.notes
    yield letter.next_step


def _labelled(told: Iterable[tuple[str, str, str]]) -> Table | None:
    """Practice, what is told, and the rule or guardrail that it comes from."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for practice, what, source in told:
        table.add_row(practice, Text(what), Text(source))
    return table if table.row_count else None


def _percent(basis_points: int) -> str:
    return f"{decimal_text(basis_points, 100)} %"
