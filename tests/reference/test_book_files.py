"""An editor with the schemas accepts every sound book, and marks what a single file shows to be wrong."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from schemas.vocabulary import declarations
from service.policy.loader import load_book, read_folder
from service.policy.yaml_text import parse
from service.reference.book_files import KINDS, kind_of, schema_of
from service.reference.names import Names, of_book, of_every_book

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "books" / "tiny"
DEFECTS = sorted(path.parent for path in (ROOT / "tests" / "bad_policies").glob("*/expected.txt"))
LOADABLE = sorted(path.parent for path in (ROOT / "tests" / "bad_policies").glob("*/checked.txt"))
BOOKS = [TINY, *sorted(path.parent for path in (ROOT / "policies").glob("*/book.yaml"))]

ALWAYS_SEEN = {
    "missing-field",
    "unknown-field",
    "missing-slot",
    "missing-message",
    "slot-without-hit-policy",
    "slot-without-initial",
    "parameter-without-value",
    "engine-limit",
}
UNSEEN = {"aggregate_without_output"}
"""Broken where no schema looks: what a cell must hold hangs on the table's hit policy."""
SEEN_OF_A_BOOK = {"unknown-slot", "unknown-stage"}


class Editor(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: decimals are numbers, `no` and dates are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for tag, form in (
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("null", r"null|Null|NULL|~|"),
    ("int", r"[-+]?[0-9]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
):
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), None)


@cache
def names(book: Path | None) -> Names:
    return of_book(load_book(read_folder(book), declarations())) if book else of_every_book()


@cache
def validator(kind: str, book: Path | None) -> Draft202012Validator:
    return Draft202012Validator(schema_of(kind, names(book)))


def marked(file: str, data: object, book: Path | None) -> list[str]:
    kind = kind_of(file)
    return [f"{file} {e.json_path}: {e.message}" for e in validator(kind, book).iter_errors(data)] if kind else []


def yaml_files(folder: Path) -> dict[str, bytes]:
    return {file: raw for file, raw in read_folder(folder).items() if file.endswith(".yaml")}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_json_schema(kind: str) -> None:
    for book in (None, TINY):
        schema = validator(kind, book).schema
        Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("book", BOOKS, ids=lambda path: path.name)
def test_sound_books_are_accepted_however_their_scalars_are_typed(book: Path) -> None:
    for file, raw in yaml_files(book).items():
        document, _ = parse(file, raw)
        assert document is not None
        assert marked(file, document.data, None) == []
        assert marked(file, yaml.load(raw, Loader=Editor) or {}, book) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda path: path.name)
def test_what_one_file_shows_to_be_wrong_is_marked(defect: Path) -> None:
    found = {line.split()[1].rstrip(":") for line in (defect / "expected.txt").read_text().splitlines() if line}
    files = yaml_files(defect)
    documents = {file: parse(file, raw)[0] for file, raw in files.items()}
    for book, seen in ((None, ALWAYS_SEEN), (TINY, ALWAYS_SEEN | SEEN_OF_A_BOOK)):
        marks = [mark for file, one in documents.items() if one for mark in marked(file, one.data, book)]
        if found & seen and defect.name not in UNSEEN and all(documents.values()):
            assert marks, f"{found & seen} of {defect.name}"


@pytest.mark.parametrize("defect", LOADABLE, ids=lambda path: path.name)
def test_a_book_that_loads_is_accepted_whatever_the_checker_says(defect: Path) -> None:
    for file, raw in yaml_files(defect).items():
        document, _ = parse(file, raw)
        assert document is not None
        assert marked(file, document.data, None) == []


BROKEN = {
    "a day that is none": ("parameters.yaml", ("parameters", "small_job", "values"), {"1 May": "50.00"}),
    "a percent for money": ("parameters.yaml", ("parameters", "small_job", "values"), {"2026-01-01": "5 %"}),
    "half a day": ("parameters.yaml", ("parameters", "credit_days", "values"), {"2026-01-01": "1.5"}),
    "a rate of nothing": ("parameters.yaml", ("rates", "USD"), {}),
    "a currency that is none": ("book.yaml", ("currency",), "EURO"),
    "a unit that is none": ("book.yaml", ("effects", "markup", "type"), "per cent"),
    "a hit policy of another effect": ("book.yaml", ("effects", "markup", "combine"), "max"),
    "a number without a range": (
        "book.yaml",
        ("effects", "markup"),
        {"type": "percent", "combine": "sum", "initial": 0},
    ),
    "a time that is none": ("book.yaml", ("calendar", "opens"), "9 o'clock"),
    "a placeholder that nothing fills": ("messages/en.yaml", ("greeting", "named"), "Dear {nmae},"),
    "a brace alone": ("messages/en.yaml", ("greeting", "named"), "Dear {name,"),
    "a request's unknown field": ("cases/all.yaml", ("requests", "plain", "clent"), {}),
    "a decision's unknown part": ("cases/all.yaml", ("cases", 0, "expect", "prise"), {}),
    "an edge that is none": ("cases/all.yaml", ("cases", 0, "edge"), "inside"),
    "a stage that is none": ("price.yaml", ("stage",), "prise"),
    "no stage": ("price.yaml", (), {"rules": [{}]}),
    "an effect that is none": ("price.yaml", ("rules", 0, "then"), {"mark_up": 5}),
    "a member that is none": ("price.yaml", ("rules", 0, "then"), {"approvals": "boss"}),
    "a derived fact among the parameters": ("price.yaml", ("derive",), {"params.x": {}}),
    "a table with rows here and elsewhere": (
        "price.yaml",
        ("tables",),
        [{"id": "t", "practice": "P3", "hit": "first", "csv": "t.csv", "rows": [["-", 5]]}],
    ),
    "a table without rows": ("price.yaml", ("tables",), [{"id": "t", "practice": "P3", "hit": "first"}]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_it_marks(what: str) -> None:
    file, path, value = BROKEN[what]
    document, _ = parse(file, yaml_files(TINY)[file])
    assert document is not None
    data = document.data
    assert marked(file, data, TINY) == []
    below = data
    for step in path[:-1]:
        below = below[step]
    if path:
        below[path[-1]] = value
    assert marked(file, data if path else value, TINY)


def test_an_editor_is_told_what_things_mean() -> None:
    rule = validator("policy", TINY).schema["properties"]["rules"]["items"]
    assert rule["properties"]["then"]["properties"]["markup"]["description"] == "Added on the worth."
    (proposed, _) = validator("policy", TINY).schema["$defs"]["expression"]["anyOf"]
    told = dict(zip(proposed["enum"], proposed["enumDescriptions"], strict=True))
    assert told["client.orders"] == "Orders so far."
    assert told["params.credit_days"] == "Days to pay."
    assert "params.credit_days" not in of_every_book().readable


def test_every_field_of_a_file_says_what_it_means() -> None:
    silent = [
        f"{kind} {path}" for kind in KINDS if kind != "cases" for path in _silent(validator(kind, None).schema, kind)
    ]
    assert silent == []


def _silent(schema: dict[str, Any], path: str) -> list[str]:
    found = []
    for name, below in schema.get("properties", {}).items():
        if path != "messages" and "description" not in below:
            found.append(f"{path}.{name}")
        found += _silent(below, f"{path}.{name}") if path != "messages" else []
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found += _silent(schema[key], f"{path}.{key}")
    return found


def test_the_settings_of_the_guide_give_each_file_its_schema() -> None:
    text = (ROOT / "docs" / "editor-support.md").read_text()
    settings = json.loads(re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[0])["yaml.schemas"]
    book = ROOT / "policies" / "agency"
    given = {}
    for schema, pattern in settings.items():
        head, _, rest = pattern.partition("{")
        middle, _, tail = rest.partition("}")
        for one in middle.split(",") if rest else [""]:
            for path in ROOT.glob(f"{head}{one}{tail}"):
                given[path.relative_to(book).as_posix()] = Path(schema).name.removesuffix(".schema.json")
    assert given == {file: kind_of(file) for file in yaml_files(book)}
