"""What of a book can change, in the words of a diff; a book's approval lines name them. Knows no book."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """In the order in which they are told."""

    BOOK = "book"
    FILE = "file"
    STAGE = "stage"
    CALENDAR = "calendar"
    PARAMETER = "parameter"
    RATE = "exchange rate"
    EXTRA_FACT = "extra fact"
    EFFECT = "effect"
    DERIVED = "derived fact"
    FORMULA = "formula"
    RULE = "rule"
    TABLE = "table"
    ROW = "row"
    GUARDRAIL = "guardrail"
    APPROVAL_LINE = "approval line"
    OVERRIDE_LIMIT = "override limit"
    OVERRIDE_REASON = "override reason"
    OPTION = "option"
    LANGUAGE = "language"
    MESSAGE = "message"
    CASE = "case"
    SURVIVOR = "explained survivor"
