"""Rules whose condition is never true, always true, or true only where another rule has spoken already.

Told only where it is proved for every day that is asked about; a doubt is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.domain.effects import Combine
from service.policy.analysis.inquiry import Inquiry, Witness, sentence
from service.policy.analysis.search import Verdict
from service.policy.book import Book, Rule
from service.policy.findings import Finding, Severity
from service.policy.nodes import Node, Op, references
from service.policy.text import cel

LONGEST_QUOTE = 80


def condition_findings(book: Book, inquiries: Sequence[Inquiry]) -> Iterator[Finding]:
    """`inquiries`: the book on each day from the one of the check on."""
    seen = _Seen(inquiries)
    rules = [rule for rule in book.rules if not rule.table]
    for rule in rules:
        if not seen.may_be(rule.id, True):
            yield _warning(rule, "never-fires", _why_never(rule, inquiries), "mend its condition, or delete it")
            continue
        if references(rule.when.node) and not seen.may_be(rule.id, False):
            message = "its condition is true of every request, though it reads facts"
            yield _warning(rule, "always-fires", message, 'mend its condition, or write when: "true"')
        yield from _shadow(book, rule, rules, inquiries)
    for option in book.options:
        nodes = [_bound(inquiry, option.id) for inquiry in inquiries]
        if all(
            inquiry.find(inquiry.term(node)) is Verdict.NONE for inquiry, node in zip(inquiries, nodes, strict=True)
        ):
            message = "the option is offered to nobody: its condition is never true"
            yield Finding(option.place, "never-fires", message, "", option.id, Severity.WARNING)


def _bound(inquiry: Inquiry, option: str) -> Node:
    return next(one.when for one in inquiry.program.options if one.id == option)


class _Seen:
    """What rules have been seen to do: one request shows something of every rule."""

    def __init__(self, inquiries: Sequence[Inquiry]) -> None:
        self.inquiries = inquiries
        self.seen: set[tuple[str, bool]] = set()

    def may_be(self, rule: str, fires: bool) -> bool:
        """False is proved, for every day."""
        for inquiry in self.inquiries:
            if (rule, fires) in self.seen:
                return True
            term = inquiry.term(inquiry.rules[rule].when)
            witness = inquiry.find(term if fires else inquiry.graph.not_(term))
            if isinstance(witness, Witness):
                self.seen.update(inquiry.fires(witness))
            if witness is not Verdict.NONE:
                return True
        return False


def _shadow(book: Book, rule: Rule, rules: Sequence[Rule], inquiries: Sequence[Inquiry]) -> Iterator[Finding]:
    """A rule that writes `first` slots alone, each of which a rule before it has always written when it fires."""
    slots = [slot for slot, _ in rule.effects]
    if not all(book.slots[slot].combine is Combine.FIRST for slot in slots):
        return
    before: dict[str, list[Rule]] = {slot: [] for slot in slots}
    for other in rules:
        if other.id == rule.id:
            break
        for slot, _ in other.effects:
            if other.stage == rule.stage and slot in before:
                before[slot].append(other)
    if not all(before.values()) or not all(_hidden(rule, before, inquiry) for inquiry in inquiries):
        return
    inquiry = inquiries[0]
    for other in dict.fromkeys(other for others in before.values() for other in others):
        witness = inquiry.find(inquiry.graph.and_([_condition(inquiry, rule), _condition(inquiry, other)]))
        if isinstance(witness, Witness) and all(
            inquiry.holds(witness, inquiry.rules[one.id].when) for one in (rule, other)
        ):
            told = inquiry.told(witness)
            message = f"wherever it fires another has decided {', '.join(slots)}: {other.id}, as for {sentence(told)}"
            hint = f"give it a priority above {other.priority}, or delete it"
            yield Finding(rule.place, "shadowed-rule", message, hint, rule.id, Severity.WARNING, told)
            return


def _condition(inquiry: Inquiry, rule: Rule) -> int:
    return inquiry.term(inquiry.rules[rule.id].when)


def _hidden(rule: Rule, before: dict[str, list[Rule]], inquiry: Inquiry) -> bool:
    graph = inquiry.graph
    own = _condition(inquiry, rule)
    for others in before.values():
        speaks = graph.or_([_condition(inquiry, other) for other in others])
        if inquiry.find(graph.and_([own, graph.not_(speaks)])) is not Verdict.NONE:
            return False
    return True


def _why_never(rule: Rule, inquiries: Sequence[Inquiry]) -> str:
    """The clause at fault, where one alone is."""
    inquiry = inquiries[0]
    bound = inquiry.rules[rule.id].when
    if bound.op is Op.AND:
        for clause, written in zip(bound.args, rule.when.node.args, strict=True):
            if inquiry.find(inquiry.term(clause)) is Verdict.NONE:
                return f"`{_quoted(inquiry, written)}` is true of no request, so it never fires"
        return "its clauses exclude one another: it never fires"
    return "its condition is true of no request: it never fires"


def _quoted(inquiry: Inquiry, node: Node) -> str:
    text = " ".join(cel(node, inquiry.program.currency).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."


def _warning(rule: Rule, code: str, message: str, hint: str) -> Finding:
    return Finding(rule.when.place, code, message, hint, rule.id, Severity.WARNING)
