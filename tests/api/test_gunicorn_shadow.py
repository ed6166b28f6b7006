"""A candidate in the shadow of the service as it runs: two workers, each with a thread that tries it."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from service.policy.loader import read_folder

from .test_gunicorn import Running, Start, ready, start, until  # noqa: F401 - a fixture
from .test_gunicorn_people import bearer, boss, url  # noqa: F401 - fixtures


def dearer(book: Path) -> dict[str, str]:
    """The tiny book with a floor of cost and 220 %: 3,200.00 where it decides 3,000.00."""
    files = {name: raw.decode() for name, raw in read_folder(book).items()}
    files["parameters.yaml"] = files["parameters.yaml"].replace('{2026-01-01: "20 %"}}', '{2026-01-01: "220 %"}}', 1)
    return files


def test_both_workers_take_it_up_and_let_go_of_it(
    start: Start, url: str, boss: str, book: Path, body: dict[str, Any], root: Path  # noqa: F811
) -> None:  # fmt: skip
    def command(*arguments: str) -> str:
        line = [sys.executable, "-m", "service.cli", "policy", *arguments, "--database", url]
        as_boss = {"QUOTEWRIGHT_TOKEN": boss}
        return subprocess.run(line, cwd=root, env=as_boss, capture_output=True, text=True, check=True).stdout

    def evaluated(_: int) -> httpx.Response:
        return running.asked("POST", "/evaluate", headers=bearer(boss), json=body)

    with start(SIGN_IN="on", DATABASE_URL=url) as running:
        ready(running)
        draft = {"files": dearer(book), "note": "dearer"}
        version = running.asked("POST", "/policies", headers=bearer(boss), json=draft).json()["version"]
        run = command("shadow", version).partition(":")[0]
        until(lambda: running.log.read_text().count(f'"run":"{run}"') == 2)
        with ThreadPoolExecutor(8) as many:
            answers = list(many.map(evaluated, range(80)))
        assert {answer.json()["price"]["target"] for answer in answers} == {300_000}

        def report() -> dict[str, Any]:
            told: dict[str, Any] = running.asked("GET", f"/shadow/{run}", headers=bearer(boss)).json()
            return told

        until(lambda: report()["tried"] == 80)
        assert report()["differing"] == 80
        assert report()["money"] == [
            {"currency": "EUR", "priced": 80, "released": 24_000_000, "candidate": 25_600_000, "difference": 1_600_000}
        ]
        assert "80 requests tried, 80 decided otherwise" in command("shadow-report")
        let_go = running.log.read_text().count('"run":null')
        command("shadow-end")
        until(lambda: running.log.read_text().count('"run":null') == let_go + 2)
        list(map(evaluated, range(8)))
        time.sleep(0.5)
        assert report()["tried"] == 80
