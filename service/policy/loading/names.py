"""What things of a book may be called: length, form, and the protected attributes that no rule may read (P16)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.book import IDENTIFIER, NAME_LENGTH
from service.policy.findings import Place
from service.policy.loading.report import Report

PROTECTED = (
    "age", "birthday", "birth_date", "date_of_birth", "gender", "sex", "sexual_orientation", "orientation", "race",
    "ethnicity", "ethnic_origin", "skin_color", "skin_colour", "color", "colour", "caste", "nationality",
    "national_origin", "citizenship", "religion", "belief", "creed", "disability", "disabled", "health", "pregnancy",
    "pregnant", "maternity", "marital_status", "married", "political_opinion", "union_membership", "veteran_status",
)  # fmt: skip
_PROTECTED = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(PROTECTED, key=len, reverse=True))})(?![A-Za-z0-9])", re.I
)
_NAME = re.compile(r"'[^']*'|\"[^\"]*\"|([A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)+)")
_PLAIN = re.compile(rf"{IDENTIFIER}")
_DOTTED = re.compile(rf"{IDENTIFIER}(?:\.{IDENTIFIER})+")


def is_protected(name: str) -> bool:
    return _PROTECTED.search(name) is not None


def protected_reads(source: str, own: Iterable[str] = ("params.", "decision.")) -> list[tuple[str, int]]:
    """Names of protected facts in an expression, with their offsets."""
    if not _PROTECTED.search(source):
        return []
    found = ((m.group(1), m.start(1)) for m in _NAME.finditer(source) if m.group(1))
    return [(name, at) for name, at in found if is_protected(name) and not name.startswith(tuple(own))]


def check_fact_name(report: Report, name: str, place: Place) -> None:
    if is_protected(name):
        report.add(place, "protected-attribute", f"'{name}' is a protected attribute (P16)",
                   "decide by what the work is, not by who asks", name)  # fmt: skip
    _check(report, name, place, _DOTTED, "a fact's name has parts, as in client.orders")


def check_name(report: Report, name: str, place: Place) -> None:
    _check(report, name, place, _PLAIN, "small letters, digits and '_', a letter first")


def _check(report: Report, name: str, place: Place, form: re.Pattern[str], hint: str) -> None:
    if not form.fullmatch(name):
        report.add(place, "wrong-value", f"'{name}' can't be a name", hint, name)
    if len(name) > NAME_LENGTH:
        report.add(place, "engine-limit", f"a name may have {NAME_LENGTH} characters, this one has {len(name)}",
                   subject=name)  # fmt: skip
