"""docs/reference/errors.md: every code in the order of the alphabet, each with an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from service.policy.findings import Finding
from service.reference.explained import Explained
from service.reference.markdown import code, page, table
from service.reference.request_mistakes import MISTAKES, OF_A_BOOK, OF_AN_OVERRIDE, PROBLEMS, UNREADABLE

INTRO = """\
Every code, with an example. [Error codes](../errors.md) explains them by their subject, and is what this page is
written from."""
BOOK = """\
Told by `quotewright check`, which refuses a book with an error as a whole; a warning is for its author to weigh. The
examples are findings of the broken books in `tests/bad_policies/`."""
HTTP = "Each is an `application/problem+json` whose `code` is this."
BODY = "In `findings` of a problem with status 400 or 422."
LONGEST = 70
UNSHOWN = {
    "missing-file": "a folder without `book.yaml`",
    "too-large": "a file of 3 MB",
    "other-book": "`name: bureau` saved into the folder of `agency` while it is served",
    "bad-csv": "a cell that begins with a quote and never ends",
    "check-incomplete": "a table of thousands of rows over a dozen columns",
    "dead-slot": "an effect `trust` that rules write and nothing reads",
    "placeholder-left-out": '"Dear {name}," in English, "Guten Tag," in German',
    "case-differs": "`expect: {outcome: quote}` of a request that is declined",
    "stale-survivor": "the id of a change of a rule that is deleted",
}
"""What no broken book shows, in words."""


def errors_page(lines: Iterable[Explained], findings: Mapping[str, Finding]) -> str:
    by_code = sorted(lines, key=lambda line: line.code)
    book = [line for line in by_code if line.section[0] == "Policy findings"]
    problems = [line for line in by_code if line.section == ("HTTP problems",)]
    body = [line for line in by_code if line.section[0] == "HTTP problems" and line not in problems]
    return page(
        "Errors",
        INTRO,
        "## Findings in a book",
        BOOK,
        table(("code", "", "meaning", "what to do", "example"), [_finding(line, findings) for line in book]),
        "## Problems",
        HTTP,
        table(("code", "status", "meaning", "what to do", "example"), [_problem(line) for line in problems]),
        "## Findings in a body",
        BODY,
        table(("code", "meaning", "example"), [_in_body(line) for line in body]),
    )


def _finding(line: Explained, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    cells = line.cells
    found = findings.get(line.code)
    example = code(str(found)) if found else UNSHOWN.get(line.code, "")
    return code(line.code), cells.get("", "error"), cells["meaning"], _from_below(cells["what to do"]), example


def _from_below(text: str) -> str:
    """Links of docs/errors.md, from a folder deeper."""
    return re.sub(r"\]\((?!\w+://)", "](../", text)


def _problem(line: Explained) -> tuple[str, ...]:
    cells = line.cells
    to_do = _from_below(cells["what to do"])
    return code(line.code), cells["status"], cells["meaning"], to_do, PROBLEMS.get(line.code, "")


def _in_body(line: Explained) -> tuple[str, ...]:
    return code(line.code), line.cells["meaning"], _body_example(line.code)


def _body_example(name: str) -> str:
    if name in UNREADABLE:
        return code(_short(UNREADABLE[name].decode("ascii", "backslashreplace")))
    pointer, value = {**MISTAKES, **OF_A_BOOK, **OF_AN_OVERRIDE}.get(name, ("", ""))
    return f"{code(pointer)}: {value if value == 'nothing' else code(_short(value))}" if pointer else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
