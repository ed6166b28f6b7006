"""The shipped agency book, as the tests of this room ask it."""

from __future__ import annotations

from typing import Any

from tests.shipped_book import ShippedBook

AGENCY = ShippedBook("agency")


def rules_of(decision: dict[str, Any]) -> set[str]:
    return {reason["rule"] for reason in decision["reasons"]}
