"""`quotewright policy`: the whole way on the command line, and every refusal in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from service.cli import acting as acting_module
from service.domain.people import Caller, Role
from service.ledger import migrate
from service.policy.loader import read_folder

Run = Callable[..., Result]
PEOPLE = {
    "quinn": Caller("u-quinn", "Quinn", Role.QUOTER),
    "ann": Caller("u-ann", "Ann", Role.MANAGER),
    "max": Caller("u-max", "Max", Role.MANAGER),
    "fiona": Caller("u-fiona", "Fiona", Role.FINANCE),
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/ledger.db"
    migrate(url)
    return url


@pytest.fixture
def policy(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `quotewright policy ARGUMENTS` as somebody; `code` is the exit code that it must end with."""

    def ran(person: str, *arguments: object, code: int = 0) -> Result:
        monkeypatch.setattr(acting_module, "acting", lambda _: PEOPLE[person])
        monkeypatch.setenv("DATABASE_URL", database)
        result = run("policy", *arguments)
        assert result.exit_code == code, result.output
        return result

    return ran


@pytest.fixture
def released(policy: Run, tiny: Path) -> str:
    """The tiny book, put in force."""
    return policy("fiona", "import", tiny, "--note", "The first").stdout.partition(": ")[0]


@pytest.fixture
def changed(tiny: Path) -> Path:
    file = tiny / "parameters.yaml"
    file.write_text("# less credit\n" + file.read_text().replace('"500.00"', '"400.00"'))
    return tiny


def test_from_draft_to_release_and_back(policy: Run, released: str, changed: Path, tmp_path: Path) -> None:
    version = policy("ann", "draft", changed, "--note", "Less credit").stdout.strip()
    again = policy("max", "draft", changed, "--note", "Less credit")
    assert (again.stdout.strip(), again.stderr) == (version, "Known already: the content is the same.\n")
    short = version.removeprefix("sha256:")[:8]
    assert policy("ann", "check", short).stdout == f"{version}: checked.\n"
    assert policy("ann", "submit", short, "--note", "please").stdout == f"{version}: submitted.\n"
    assert "four-eyes" in policy("ann", "approve", short, code=1).stderr
    assert "it changes parameter credit_limit" in policy("max", "approve", short, code=1).stderr
    assert policy("fiona", "approve", short).stdout == f"{version}: approved.\n"
    shown = policy("ann", "show", short).stdout
    assert "parameter credit_limit: finance, by the default of the approval matrix" in shown
    assert "next: release, by finance" in shown
    assert "credit_limit" in policy("ann", "diff", short).stdout
    assert policy("fiona", "release", short).stdout.startswith(f"{version}: released, decides from ")
    assert policy("ann", "in-force").stdout.startswith(version)
    assert policy("ann", "in-force", "--as-of", "2020-01-01").stdout.startswith(released)
    assert policy("fiona", "roll-back", released, "--note", "Clients left").stdout.startswith(f"{released}: released")
    assert policy("ann", "in-force").stdout.startswith(released)
    policy("ann", "export", short, tmp_path / "exported")
    assert read_folder(tmp_path / "exported") == read_folder(changed)
    assert "can't be written" in policy("ann", "export", short, tmp_path / "exported", code=1).stderr


def test_a_schedule(policy: Run, released: str, changed: Path) -> None:
    version = policy("ann", "draft", changed, "--note", "Less credit").stdout.strip()
    policy("ann", "check", version)
    policy("ann", "submit", version)
    policy("fiona", "approve", version)
    told = policy("fiona", "release", version, "--from", "2150-01-01").stdout
    assert told == f"{version}: scheduled, decides from 2150-01-01 on.\n"
    assert policy("fiona", "withdraw", version, "--note", "put off").stdout == f"{version}: withdrawn.\n"
    policy("ann", "submit", version)
    assert policy("max", "reject", version, "--note", "no").stdout == f"{version}: rejected.\n"


def test_json_is_what_http_answers(policy: Run, released: str, changed: Path) -> None:
    version = policy("ann", "draft", changed, "--note", "Less credit").stdout.strip()
    shown: dict[str, Any] = json.loads(policy("ann", "show", version, "--json").stdout)
    assert (shown["state"], shown["parent"], shown["required"]["role"]) == ("draft", released, "finance")
    listed = json.loads(policy("ann", "list", "--json").stdout)["versions"]
    assert [one["version"] for one in listed] == [version, released]
    assert [
        one["state"] for one in json.loads(policy("ann", "list", "--state", "draft", "--json").stdout)["versions"]
    ] == ["draft"]
    assert json.loads(policy("ann", "diff", version, "--json").stdout)["changes"][0]["name"] == "credit_limit"
    assert json.loads(policy("ann", "in-force", "--json").stdout)["version"] == released
    text = policy("ann", "list").stdout
    assert "released" in text
    assert "Less credit" in text


def test_a_failing_check(policy: Run, released: str, tiny: Path) -> None:
    cases = next((tiny / "cases").glob("*.yaml"))
    cases.write_text(cases.read_text().replace("outcome: quote", "outcome: decline"))
    version = policy("ann", "draft", tiny, "--note", "x").stdout.strip()
    failed = policy("ann", "check", version, code=1)
    assert "case-differs" in failed.stderr
    assert "nothing was recorded" in failed.stderr


def test_a_broken_book(policy: Run, tiny: Path) -> None:
    (tiny / "options.yaml").write_text("options: [{id: 7}]\n")
    for command in ("draft", "import"):
        assert f"{tiny}/options.yaml:1:" in policy("fiona", command, tiny, "--note", "x", code=1).stderr


def test_a_second_import(policy: Run, released: str, changed: Path) -> None:
    assert "already-released" in policy("fiona", "import", changed, "--note", "x", code=1).stderr


def test_who_may(policy: Run, released: str, tiny: Path) -> None:
    assert "needs the role manager" in policy("quinn", "draft", tiny, "--note", "x", code=1).stderr
    assert "needs the role finance" in policy("ann", "import", tiny, "--note", "x", code=1).stderr


def test_nobody_by_name(run: Run, database: str, tiny: Path) -> None:
    result = run("policy", "draft", tiny, "--note", "x", "--database", database)
    assert result.exit_code == 1
    assert "run `quotewright init` first" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "sha256:0000000"), "There is no version sha256:0000000"),
        (("show", "abc"), "give its id"),
        (("show", "latest"), "give its id"),
        (("in-force", "--book", "other"), "no book other"),
        (("in-force", "--known-at", "2020-01-01T00:00:00Z"), "is in force on"),
        (("withdraw", "{released}", "--note", "x"), "not-scheduled"),
        (("roll-back", "{released}", "--note", "x"), "this version is released"),
    ],
)
def test_refusals(policy: Run, released: str, arguments: tuple[str, ...], told: str) -> None:
    asked = [argument.format(released=released) for argument in arguments]
    assert told in policy("fiona", *asked, code=1).stderr


@pytest.mark.parametrize(
    "arguments",
    [("draft",), ("reject", "abcdef"), ("release", "abcdef", "--from", "soon"), ("list", "--state", "new"), ("no",)],
)
def test_wrong_usage(policy: Run, arguments: tuple[str, ...]) -> None:
    assert "Usage: quotewright policy" in policy("fiona", *arguments, code=2).stderr


def test_no_database(run: Run, tmp_path: Path) -> None:
    missing = run("policy", "list", "--database", f"sqlite:///{tmp_path}/none.db")
    assert (missing.exit_code, "is no file" in missing.stderr) == (1, True)
    refused = run("policy", "list", "--database", "mysql://localhost/x")
    assert refused.exit_code == 2
    away = run("policy", "list", "--database", "postgresql://nobody:secret@127.0.0.1:1/x")
    assert away.exit_code == 1
    assert "secret" not in away.output


def test_an_empty_database(policy: Run) -> None:
    assert "There are no policy versions yet" in policy("ann", "list", code=1).stderr


def test_the_timeline(policy: Run, released: str) -> None:
    told = json.loads(policy("ann", "timeline", "--json").stdout)
    assert (told["book"], told["known_at"]) == ("tiny", None)
    assert [(span["version"], span["effective_from"], span["until"]) for span in told["timeline"]] == [
        (released, "0001-01-01", None)
    ]
    assert released[:19] in policy("ann", "timeline").stdout
    before = policy("ann", "timeline", "--known-at", "2020-01-01T00:00:00Z", "--json").stdout
    assert json.loads(before) == {"book": "tiny", "known_at": "2020-01-01T00:00:00Z", "timeline": []}


@pytest.mark.parametrize("note", ["", " ", "two\nlines", "\udcff", "x" * 2_001])
def test_a_reason_is_one_line_and_says_something(policy: Run, released: str, note: str) -> None:
    for command in ("reject", "withdraw", "roll-back"):
        assert "Invalid value for '--note'" in policy("fiona", command, released, "--note", note, code=2).stderr
    if note:
        assert "Invalid value for '--note'" in policy("fiona", "submit", released, "--note", note, code=2).stderr
