"""The pages that need sign-in: their commands run one after another, word for word, and print what the pages say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import await_ready, free_port
from tests.test_docs import Block, blocks

Walk = Callable[..., list[str]]
BETWEEN = "----\n"
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the commands use curl and jq"),
]


@pytest.fixture
def environment(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """A shell in which `quotewright` is installed and works on a database of its own."""
    command = tmp_path / "quotewright"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m service.cli "$@"\n')
    command.chmod(0o755)
    url = f"sqlite:///{tmp_path / 'quotes.db'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_url")
    kept = {name: value for name, value in os.environ.items() if name != "QUOTEWRIGHT_TOKEN"}
    return kept | {"DATABASE_URL": url, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


@pytest.fixture
def walk(root: Path, tmp_path: Path, environment: dict[str, str]) -> Walk:
    """Runs scripts in one shell beside a service with sign-in on, and gives what each of them printed."""

    def walked(*scripts: str) -> list[str]:
        port = str(free_port())
        script = f"echo {BETWEEN}".join(scripts)
        script = script.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("curl -s ", "curl -sSf ")
        with _serving(root, port, environment, tmp_path / "log"):
            ended = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=root, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout.split(BETWEEN)

    return walked


@contextmanager
def _serving(root: Path, port: str, environment: dict[str, str], path: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "service.cli", "serve", "--port", port]
    with path.open("wb") as log:
        service = subprocess.Popen(command, cwd=root, env=environment | {"SIGN_IN": "on"}, stdout=log, stderr=log)
    try:
        await_ready(f"http://127.0.0.1:{port}", service, path)
        yield
    finally:
        service.terminate()
        service.wait(30)


def _of(root: Path, page: str, language: str) -> list[str]:
    found: list[Block] = blocks(root / "docs" / page)
    return [block.text for block in found if block.language == language]


def test_the_page_on_people(root: Path, walk: Walk) -> None:
    first, users, added, revoked = walk(*_of(root, "sign-in.md", "sh"))
    (expected,) = _of(root, "sign-in.md", "json")
    assert json.loads(expected).items() <= json.loads(first).items()
    assert "bob is disabled." in users
    assert json.loads(added)["name"] == "eve"
    assert " is revoked." in revoked


@pytest.mark.parametrize("environment", ["sqlite", "postgresql"], indirect=True)
def test_a_change_from_draft_to_release_and_back_by_command_and_by_curl(root: Path, walk: Walk) -> None:
    people, commands, curl, back, shadow = walk(*_of(root, "governance.md", "bash"))
    assert people.splitlines() == ["ann added as manager.", "max added as manager.", "fiona added as finance."]
    states = re.findall(r"^(sha256:[0-9a-f]{64}): (checked|submitted|approved|released)[.,]", commands, re.MULTILINE)
    assert [state for _, state in states] == ["checked", "submitted", "submitted", "approved", "released"]
    (second,) = {version for version, _ in states}
    assert "parameter hassle_markup_20: manager, by line numbers-within-a-quarter of the approval matrix" in commands
    assert re.search(r"\d\. submitted at \S+ by ann as manager$", commands, re.MULTILINE)
    assert commands.splitlines()[-1].startswith(f"{second}: agency, released ")
    told = _values(curl)
    checked, diff, submitted, required, approved, scheduled, timeline = told
    assert [each["state"] for each in (checked, submitted, approved, scheduled)] == [
        "checked", "submitted", "approved", "scheduled",
    ]  # fmt: skip
    assert [change["name"] for change in diff["changes"]] == ["credit_days"]
    (expected,) = _of(root, "governance.md", "json")
    assert json.loads(expected).items() <= required.items()
    assert [(span["version"], span["until"]) for span in timeline["timeline"][1:]] == [
        (second, "2149-12-01"), (checked["version"], None),
    ]  # fmt: skip
    first = timeline["timeline"][0]["version"]
    withdrawn, rolled_back = _values(back[: back.rindex("sha256:")])
    assert (withdrawn["state"], rolled_back["state"], rolled_back["version"]) == ("withdrawn", "released", first)
    assert rolled_back["steps"][-1]["by_name"] == "fiona"
    assert back.splitlines()[-1].endswith(first)
    assert shadow.splitlines()[0] == first
    assert '"tried": 1' in shadow
    assert "1 requests tried, 0 decided otherwise" in shadow


def test_an_override_and_an_outcome(root: Path, walk: Walk) -> None:
    """As Max of the page on versions, a manager."""
    max_signs_in = """
    export QUOTEWRIGHT_TOKEN=$(printf 'a kettle on the roof' | quotewright init --name ada --password-stdin)
    quotewright user add max --role manager --no-password
    export QUOTEWRIGHT_TOKEN=$(quotewright token create --user max --label laptop)
    """
    _, overridden, ended = walk(max_signs_in, *_of(root, "overrides.md", "bash"))
    said, outcome = _of(root, "overrides.md", "text")
    assert _undated(overridden) == _undated(said)
    assert _undated(ended).startswith(_undated(outcome))
    assert "QUOTE  3,000.00 EUR fixed" in ended
    assert "Overridden by max (manager)" in ended


def _values(text: str) -> list[dict[str, object]]:
    """JSON values, one after another."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def _undated(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d\+00:00)?", "DAY", text)
