"""Suggestions are those of difflib, which lays every name beside the word: an oracle too slow to ask for each."""

from __future__ import annotations

from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from service.policy.unit_rules import nearest

NAMES = (
    "client.category", "client.months_active", "client.orders", "deal.budget", "firm.backlog_days", "firm.clients",
    "job.cost", "job.fair_price", "job.line_count", "params.markup", "params.small_job", "decision.markup",
)  # fmt: skip


@given(st.sampled_from(NAMES), st.integers(0, 20), st.integers(0, 6), st.text("abceimnorst_.", max_size=4))
def test_a_word_much_like_a_name_finds_what_difflib_finds(name: str, at: int, left_out: int, put_in: str) -> None:
    word = name[:at] + put_in + name[at + left_out :]
    if any(known.rpartition(".")[2] == word.rpartition(".")[2] for known in NAMES):
        return
    close = get_close_matches(word, NAMES, 1)
    assert nearest(word, NAMES) == (f"did you mean {close[0]}?" if close else "")


def test_a_name_that_lacks_its_prefix_comes_first() -> None:
    assert nearest("budget", NAMES) == "did you mean deal.budget?"


def test_what_is_like_nothing_has_no_suggestion() -> None:
    assert nearest("weather", NAMES) == ""
    assert nearest("x" * 4000, NAMES) == ""
    assert nearest("weather", ()) == ""
