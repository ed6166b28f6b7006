"""Versions that come from a folder, by command or by themselves, on both databases."""

from __future__ import annotations

from datetime import timedelta

from service.domain.people import SYSTEM
from service.domain.timeline import FROM_THE_BEGINNING
from service.governance import drafting, importing, releasing
from service.governance.archive import packed, unpacked
from service.governance.as_json import version_data
from service.governance.checking import Checked
from service.governance.standing import Governing

from .conftest import ADA, ANN, FIONA, Files, imported, refused, replaced, taken, versions
from .test_lives import TODAY, in_force


class TestImports:
    def test_a_folder_is_imported_once(self, at: Governing, tiny: Files) -> None:
        book = at.editions.of(imported(at, tiny).version).book
        assert importing.import_changed(at, book, tiny) is None

    def test_a_changed_one_holds_from_today_on(self, at: Governing, tiny: Files) -> None:
        first = imported(at, tiny)
        (changed,) = versions(tiny, "400.00")
        second = imported(at, changed)
        assert (first.effective_from, second.effective_from) == (FROM_THE_BEGINNING, TODAY)
        assert in_force(at, TODAY - timedelta(days=1)) == first.version
        third = imported(at, tiny)
        assert (third.version, third.effective_from) == (first.version, TODAY)
        assert in_force(at) == first.version

    def test_a_release_by_hand_outlives_a_restart(self, at: Governing, tiny: Files) -> None:
        first = imported(at, tiny)
        (changed,) = versions(tiny, "400.00")
        second = imported(at, changed)
        taken(releasing.roll_back(at, first.version, FIONA, "back", None))
        assert importing.import_changed(at, at.editions.of(second.version).book, changed) is None
        assert in_force(at) == first.version

    def test_by_command_only_where_nothing_is_in_force(self, at: Governing, tiny: Files) -> None:
        book, step = importing.import_first(at, tiny, FIONA, "the first")
        assert (step.version, step.by, step.effective_from) == (book.version, "u-fiona", FROM_THE_BEGINNING)
        assert refused(importing.import_first(at, versions(tiny, "400.00")[0], ADA, "")) == "already-released"

    def test_by_command_only_if_it_passes_its_check(self, at: Governing, tiny: Files) -> None:
        found = importing.import_first(at, replaced(tiny, ("outcome: quote", "outcome: decline")), FIONA, "")
        assert isinstance(found, Checked)
        assert at.register.steps("tiny") == ()

    def test_what_was_drafted_before_stays_its_authors(self, at: Governing, tiny: Files) -> None:
        version = drafting.draft(at, tiny, ANN, "mine").version
        assert imported(at, tiny).version == version
        assert at.register.origins([version])[version].author == "u-ann"
        assert at.register.steps("tiny")[-1].by == SYSTEM.id


def test_archives_of_the_same_files_are_the_same(tiny: Files) -> None:
    backwards = dict(reversed(tiny.items()))
    assert packed(tiny) == packed(backwards)
    assert unpacked(packed(tiny)) == tiny


def test_an_import_of_a_day_to_come_since_a_clock_was_set_back(at: Governing, tiny: Files) -> None:
    """The second import holds from the day on which it was made; that day is still to come a day earlier."""
    imported(at, tiny)
    (files,) = versions(tiny, "400.00")
    second = imported(at, files)
    earlier = Governing(at.register, lambda: at.now() - timedelta(days=1))
    standing = earlier.standing(at.register.steps("tiny"))
    life = standing.lives[second.version]
    told = version_data(earlier, life, standing, None, {})
    assert (told["state"], told["actions"]) == ("scheduled", [{"action": "withdraw", "role": "finance"}])
    assert refused(releasing.withdraw(earlier, second.version, ANN, "x")) == "role-too-low"
    assert taken(releasing.withdraw(earlier, second.version, FIONA, "x")).withdraws == second.number
