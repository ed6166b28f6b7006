"""However a book is laid out it is no other book, and of several edits at once each is told and nothing else."""

from __future__ import annotations

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from service.governance.diff.books import book_diff
from service.governance.recorded import files_of
from tests.governance.conftest import edition, replaced
from tests.governance.test_diff import EDITS, FLIPPED

_LISTS = ("rules", "guardrails", "options", "cases")


def _shuffled(value, chance):
    if isinstance(value, dict):
        pairs = [(key, _shuffled(part, chance)) for key, part in value.items()]
        chance.shuffle(pairs)
        return dict(pairs)
    return value


def reshuffled(files, chance):
    """Keys, rules and files in another order, written as JSON with other spaces, some comments between."""
    result = {}
    for name, raw in files.items():
        data = _shuffled(json.loads(raw), chance)
        for key in _LISTS:
            if isinstance(data.get(key), list):
                data[key] = chance.sample([_shuffled(item, chance) for item in data[key]], len(data[key]))
        result[name] = f"# {chance.random()}\n{json.dumps(data, indent=chance.choice([1, 2, 4]))}\n".encode()
    return dict(chance.sample(sorted(result.items()), len(result)))


@settings(max_examples=15)
@given(st.integers())
def test_another_layout_is_no_difference(loaded, seed):
    later = edition(reshuffled(files_of(loaded.book.content), random.Random(seed)))
    assert book_diff(loaded, later).changes == ()


@settings(max_examples=15)
@given(st.integers(), st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique_by=lambda edit: edit[1:3]))
def test_each_of_several_edits_is_told_and_nothing_else(tiny, loaded, seed, edits):
    """In a book that is laid out and spelled otherwise too."""
    files = replaced(tiny, FLIPPED, *(texts for texts, *_ in edits))
    later = edition(reshuffled(files_of(edition(files).book.content), random.Random(seed)))
    told = {(c.subject, c.name): c.details for c in book_diff(loaded, later).changes}
    assert told == {
        (subject, name): detail if isinstance(detail, tuple) else (detail,) for _, subject, name, detail in edits
    }


@settings(max_examples=15)
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique_by=lambda edit: edit[1:3]))
def test_backwards_each_change_is_turned_round(tiny, loaded, edits):
    later = edition(replaced(tiny, *(texts for texts, *_ in edits)))
    there, back = (book_diff(*pair).changes for pair in ((loaded, later), (later, loaded)))
    assert {(c.name, d.aspect, d.before, d.after) for c in there for d in c.details} == {
        (c.name, d.aspect, d.after, d.before) for c in back for d in c.details
    }
