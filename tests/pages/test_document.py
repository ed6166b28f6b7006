"""docs/sign-in.md: its commands run one after another, and print what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port

SERVE = "import sys; from service.cli import main; sys.exit(main())"


@pytest.fixture
def environment(tmp_path: Path, root: Path) -> dict[str, str]:
    command = tmp_path / "quotewright"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m service.cli "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name != "QUOTEWRIGHT_TOKEN"}
    return kept | {"DATABASE_URL": f"sqlite:///{tmp_path / 'quotes.db'}", "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def test_the_commands_of_the_page_on_people(root: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    page = (root / "docs" / "sign-in.md").read_text()
    port = str(free_port())
    script = "set -eu\n" + "echo ----\n".join(re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("curl -s ", "curl -sSf ")
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", port],
            cwd=root, env=environment | {"SIGN_IN": "on"}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _await_ready(f"http://127.0.0.1:{port}", service)
        ended = subprocess.run(
            ["bash", "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        service.terminate()
        service.wait(30)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    first, users, added, _ = ended.stdout.split("----\n")
    (expected,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert json.loads(expected).items() <= json.loads(first).items()
    assert "bob is disabled." in users
    assert json.loads(added)["name"] == "eve"
    assert " is revoked." in ended.stdout


def _await_ready(address: str, service: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert service.poll() is None
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the service did not become ready")
