"""A broken book is refused with exactly its findings; a sound one doesn't depend on the order of anything."""

from __future__ import annotations

import os
import random
import re
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import declarations
from service.domain.facts import COUNT, DAYS, FactDecl
from service.policy.binding import bind
from service.policy.book import Book
from service.policy.findings import BookRefused
from service.policy.loader import load_book, read_folder
from service.policy.loading.ordering import cycles, ordered
from service.policy.nodes import Node
from service.policy.yaml_text import parse

TESTS = Path(__file__).parent.parent
TINY = read_folder(TESTS / "books" / "tiny")
FACTS = declarations()
DEFECTS = sorted(path.parent for path in (TESTS / "bad_policies").glob("*/expected.txt"))


def findings(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(BookRefused) as refused:
        load_book(files, FACTS)
    return [
        f"{f.place}: {f.code} [{f.subject}]" if f.subject else f"{f.place}: {f.code}" for f in refused.value.findings
    ]


def with_file(file: str, text: str) -> dict[str, bytes]:
    return {**TINY, file: text.encode()}


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    text = TINY[file].decode()
    assert old in text
    return with_file(file, text.replace(old, new, 1))


@pytest.fixture(scope="module")
def tiny() -> Book:
    return load_book(TINY, FACTS)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda path: path.name)
def test_each_defect_has_exactly_its_findings(defect: Path) -> None:
    expected = (defect / "expected.txt").read_text().splitlines()
    assert findings({**TINY, **read_folder(defect)}) == expected


def test_there_is_a_mini_book_for_every_defect_that_must_be_refused() -> None:
    assert {path.name for path in DEFECTS} >= {
        "unknown_fact", "unit_mismatch", "cycle", "duplicate_id", "unknown_parameter", "no_hit_policy", "no_initial",
        "bad_yaml", "yaml_bomb", "several_at_once",
    }  # fmt: skip


def test_findings_come_with_a_suggestion() -> None:
    with pytest.raises(BookRefused) as refused:
        load_book(changed("price.yaml", "params.hassle_from\n", "params.hasle_from\n"), FACTS)
    (finding,) = refused.value.findings
    assert finding.suggestion == "did you mean params.hassle_from?"
    assert str(finding).startswith("price.yaml:5:34: unknown-name: [hassle-markup]")


def test_a_book_without_book_yaml() -> None:
    assert findings({file: raw for file, raw in TINY.items() if file != "book.yaml"}) == ["book.yaml:1:1: missing-file"]


def test_an_empty_book() -> None:
    assert findings({}) == ["book.yaml:1:1: missing-file"]


def test_a_book_without_wording() -> None:
    assert findings({file: raw for file, raw in TINY.items() if not file.startswith("messages/")}) == [
        "book.yaml:1:1: missing-file"
    ]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("{type: count, practice: C1, values: {2026-01-01: 20}, meaning: x.}",
         "2:26: wrong-value: [list_vip_share] 'list_vip_share' says how lists of clients are drawn, and is a percent,"),
        ('{type: percent, practice: C1, values: {2026-01-01: "100 %"}, meaning: x.}',
         "2:70: wrong-value: [list_vip_share] lists of clients are drawn with 0.01 % to 99.99 %"),
    ],
)  # fmt: skip
def test_what_says_how_lists_of_clients_are_drawn_fits_that(declared: str, told: str) -> None:
    with pytest.raises(BookRefused) as refused:
        load_book(changed("parameters.yaml", "parameters:\n", f"parameters:\n  list_vip_share: {declared}\n"), FACTS)
    (finding,) = refused.value.findings
    assert str(finding).startswith(f"parameters.yaml:{told}")


def test_a_file_in_a_folder_that_no_book_has() -> None:
    assert findings(with_file("drafts/x.yaml", "stage: price\n")) == ["drafts/x.yaml:1:1: unknown-file"]


@pytest.mark.parametrize(
    "slot", ["markup: {type: percent, ", "credit_days: {type: days, ", "respond_hours: {type: hours, "]
)
def test_what_decisions_are_laid_out_from_is_never_below_nothing(slot: str) -> None:
    name, before = slot.partition(":")[0], TINY["book.yaml"].decode().partition(slot)[0]
    line, column = before.count("\n") + 1, 3 + len(slot) + len("min: ")
    minimum = '"-5"' if "percent" in slot else "-5"
    assert findings(changed("book.yaml", slot, f"{slot}min: {minimum}, ")) == [
        f"book.yaml:{line}:{column}: wrong-value [{name}]"
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rules:\n", "rules: {}\nderive:\n", "price.yaml:2:8: wrong-value: rules: a list is wanted ([...], or one"),
        ("rules:\n", "rules:\nderive:\n", "price.yaml:2:7: wrong-value: rules: nothing stands here (give it a value"),
        ("    then: {markup: params.hassle_markup}", "    then: markup",
         "price.yaml:6:11: wrong-value: [hassle-markup] then: keys and values are wanted ({key: value}"),
        ("    practice: P3", "    practice: P3\n    priority: '5'",
         "price.yaml:5:15: wrong-value: [hassle-markup] priority: a whole number is wanted (digits alone"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_form_is_told_in_an_author_s_words(old: str, new: str, told: str) -> None:
    with pytest.raises(BookRefused) as refused:
        load_book(changed("price.yaml", old, new), FACTS)
    assert [text for text in map(str, refused.value.findings) if text.startswith(told)]


def test_what_is_hidden_is_no_part_of_a_book(tmp_path: Path) -> None:
    for name in (".git/config.yaml", ".github/workflows/check.yaml", "._price.yaml", "cases/.old.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\0")
    (tmp_path / "price.yaml").write_text("stage: price")
    (tmp_path / "README.md").write_text("not of the book either")
    assert read_folder(tmp_path) == {"price.yaml": b"stage: price"}


@pytest.mark.parametrize("name", [b"\xff.yaml", b"a\nb.yaml"])
def test_a_file_whose_name_no_page_could_show_is_not_read(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("stage: price")
    with pytest.raises(OSError, match="its name is no printable text in UTF-8"):
        read_folder(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that can be opened but not read")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "price.yaml").symlink_to("/proc/self/mem")
    with pytest.raises(OSError) as caught:
        read_folder(tmp_path)
    assert caught.value.filename == str(tmp_path / "price.yaml")


def test_too_much_text() -> None:
    assert findings(with_file("big.yaml", "# " + "x" * 2_000_000)) == ["big.yaml:1:1: too-large"]
    many = {f"f{i}.yaml": b"#" * 1_900_000 for i in range(11)}
    assert findings({**TINY, **many}) == ["book.yaml:1:1: too-large"]


def test_a_file_that_cannot_be_read_is_reported_without_what_follows_from_it() -> None:
    assert findings(with_file("parameters.yaml", "parameters: {a: b: c}\n")) == ["parameters.yaml:1:18: bad-yaml"]


def test_order_of_slots_and_computed_names(tiny: Book) -> None:
    stages = {computed.name: computed.stage for computed in tiny.computed}
    assert stages["client.hassle_score"] == ""
    assert stages["decision.floor"] == ""
    assert stages["decision.target"] == "price"
    assert stages["decision.discount_amount"] == "concede"
    assert stages["decision.prepayment_amount"] == "terms"
    assert tiny.computed[-1].name == "decision.outcome"
    names = [computed.name for computed in tiny.computed]
    assert names.index("decision.worth") < names.index("decision.unbounded") < names.index("decision.target")


def test_what_a_book_says_is_what_is_loaded(tiny: Book) -> None:
    assert tiny.slots["markup"].maximum == 6000
    assert tiny.slots["prohibitive"].maximum == 30_000
    assert tiny.slots["prepayment"].initial == 5000
    assert tiny.slots["approvals"].initial == frozenset()
    assert tiny.parameters["hassle_markup"].values == ((date(2026, 1, 1), 1000), (date(2026, 7, 1), 1200))
    assert tiny.parameters["credit_limit"].values == ((date(2026, 1, 1), 50_000),)
    assert tiny.extra_facts["extra.charity"].default is False
    assert tiny.messages["en"]["summary.decline.budget"].startswith("Thank you")
    assert [rule.id for rule in tiny.rules if rule.stage == "accept"] == [
        "friend", "budget-a-third", "nothing-to-price", "teaches-us",
    ]  # fmt: skip


def test_the_bounds_of_a_derived_fact_clip_it() -> None:
    book = load_book(changed("formulas.yaml", "    type: count\n", "    type: count\n    max: 7\n"), FACTS)
    score = next(computed for computed in book.computed if computed.name == "client.hassle_score")
    assert (score.value.node.op, score.value.node.args[1].value) == ("min", 7)


def test_facts_handed_in_are_the_vocabulary() -> None:
    with pytest.raises(BookRefused) as refused:
        load_book(TINY, {"job.cost": FactDecl("job.cost", COUNT, "", 0, 10)})
    assert {finding.code for finding in refused.value.findings} >= {"unknown-name", "unknown-placeholder"}
    more = {**FACTS, "client.silence_days": FactDecl("client.silence_days", DAYS, "", 0, 10)}
    rule = (
        "stage: price\nrules:\n  - {id: r, practice: P3, when: client.silence_days > 3, then: {markup: 5}, reason: r}"
    )
    assert load_book(with_file("more.yaml", rule), more).facts["client.silence_days"].type is DAYS


def _shuffled(content: Any, chance: random.Random) -> Any:
    if isinstance(content, dict):
        keys = list(content)
        chance.shuffle(keys)
        return {key: _shuffled(content[key], chance) for key in keys}
    return content


def _told(part: Any) -> Any:
    """Without where in the text it stood."""
    if isinstance(part, Node):
        return part.op, part.type, _told(part.args), part.value
    if is_dataclass(part):
        return [_told(getattr(part, field.name)) for field in fields(part) if field.name != "source"]
    return [_told(item) for item in part] if isinstance(part, tuple) else part


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_no_order_and_no_comment_changes_version_or_program(tiny: Book, seed: int) -> None:
    chance = random.Random(seed)
    files = {}
    for file, raw in TINY.items():
        document, _ = parse(file, raw)
        assert document is not None
        content = _shuffled(document.data, chance)
        for key in content.keys() & {"rules", "guardrails", "options", "cases"}:
            chance.shuffle(content[key])
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)
        files[file] = f"# {seed}\n{text}".encode()
    names = chance.sample(list(files), len(files))
    book = load_book({name: files[name] for name in names}, FACTS)
    assert book.version == tiny.version
    assert _told(bind(book, date(2026, 8, 1), "USD")) == _told(bind(tiny, date(2026, 8, 1), "USD"))


def test_a_changed_number_changes_the_version(tiny: Book) -> None:
    assert load_book(changed("parameters.yaml", '"12 %"', '"13 %"'), FACTS).version != tiny.version


def test_ordered_puts_each_after_what_it_reads() -> None:
    assert ordered({"c": {"a", "b"}, "b": {"a"}, "a": {"outside"}}) == ["a", "b", "c"]


def test_cycles_are_found_each_once() -> None:
    reads = {"a": {"b"}, "b": {"a"}, "x": {"x"}, "m": {"n"}, "n": {"o"}, "o": {"m"}, "before": set(), "after": {"a"}}
    assert cycles(reads) == [["a", "b"], ["m", "n", "o"], ["x"]]
    assert cycles({"bridge": {"a", "q"}, "a": {"b"}, "b": {"a", "bridge2"}, "bridge2": {"q"}, "q": set()}) == [
        ["a", "b"]
    ]


def test_every_code_has_a_line_in_the_documentation() -> None:
    root = TESTS.parent
    sources = [path.read_text() for path in (root / "service" / "policy").rglob("*.py")]
    codes = {code for text in sources for code in re.findall(r"\"([a-z]+(?:-[a-z]+)+)\"", text)}
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", (root / "docs" / "errors.md").read_text(), re.MULTILINE))
    assert codes
    assert codes <= documented
