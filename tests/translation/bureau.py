"""The translation bureau's book, as the tests of this room ask it."""

from __future__ import annotations

from tests.shipped_book import ShippedBook

BUREAU = ShippedBook("translation")
