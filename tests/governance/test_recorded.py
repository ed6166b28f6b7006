"""What the ledger keeps of a version is the version: loaded back, it has the same id."""

from __future__ import annotations

import pytest

from service.governance.recorded import files_of
from service.policy.loader import read_folder
from tests.governance.conftest import edition, replaced


@pytest.mark.parametrize("text", ["Dear 👋", "a\u2028b", "x\u0085y", "&a *b !c", '\\" tab\\t', "\u007f"])
def test_content_loads_back_as_the_same_version(tiny, text):
    files = replaced(tiny, ("A tiny book for tests", f'"{text}"'))
    files["book.yaml"] = files["book.yaml"].replace("\u007f".encode(), b"\\x7f")
    before = edition(files)
    after = edition(files_of(before.book.content))
    assert after.book.version == before.book.version
    assert [case.id for case in after.cases] == [case.id for case in before.cases]


def test_the_agency_book_loads_back(root):
    before = edition(read_folder(root / "policies" / "agency"))
    assert edition(files_of(before.book.content)).book.version == before.book.version
