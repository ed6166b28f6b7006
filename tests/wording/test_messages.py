from __future__ import annotations

import pytest

from service.domain.facts import COUNT, PERCENT
from service.wording.languages import language
from service.wording.messages import Messages

TEXTS = {
    "plain": "100 % {params.rounds}, {params.share}",
    "mixed": "{b} after {a}, and {b} {params.rounds}: %s",
    "one": "only {b}",
}
MESSAGES = Messages(TEXTS, language("en"), "EUR", {"rounds": (COUNT, 2), "share": (PERCENT, 1_250)})


def test_parameters_are_written_into_a_text() -> None:
    assert MESSAGES.text("plain") == "100 % 2, 12.5%"


def test_a_text_takes_its_placeholders_in_any_order_and_any_number() -> None:
    assert MESSAGES.filler("mixed", "a", "b")("x", "y") == "y after x, and y 2: %s"
    assert MESSAGES.filler("one", "a", "b")("x", "y") == "only y"


def test_what_is_filled_in_is_no_template() -> None:
    assert MESSAGES.filler("one", "b")("{a} {literal0} %s '") == "only {a} {literal0} %s '"


def test_a_text_that_the_loader_should_have_refused() -> None:
    with pytest.raises(KeyError):
        MESSAGES.text("one")
    with pytest.raises(KeyError):
        MESSAGES.filler("one", "a")
