"""The image's steps, run as far as that goes without a container engine: copied files, environment, start, health."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import free_port

NEEDS_ROOT = ("apt-get", "useradd")
"""Steps that change the system. They are read, not run."""


@dataclass(frozen=True, slots=True)
class Instruction:
    word: str
    rest: str


def _instructions(path: Path) -> list[Instruction]:
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]


@pytest.fixture
def instructions(root: Path) -> list[Instruction]:
    return _instructions(root / "Dockerfile")


def _last(instructions: list[Instruction], word: str) -> str:
    return [i.rest for i in instructions if i.word == word][-1]


def _ignored(root: Path, name: str) -> bool:
    """As the engine reads .dockerignore: the last pattern that matches decides."""
    ignored = False
    for line in (root / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and fnmatch(name, line.removeprefix("!")):
            ignored = not line.startswith("!")
    return ignored


def _copied(instructions: list[Instruction]) -> Iterator[tuple[list[str], str]]:
    """Sources in the tree and their target, of every COPY that isn't from another stage."""
    for instruction in instructions:
        if instruction.word == "COPY" and not instruction.rest.startswith("--from"):
            *sources, target = instruction.rest.split()
            yield sources, target


def test_every_base_image_is_a_python_that_fits(instructions: list[Instruction]) -> None:
    assert [i.rest.split()[0] for i in instructions if i.word == "FROM"] == ["python:3.12-slim"] * 2


def test_the_compiler_is_there_before_the_installation_and_not_in_the_last_stage(
    instructions: list[Instruction],
) -> None:
    runs = [(number, i.rest) for number, i in enumerate(instructions) if i.word == "RUN"]
    compiler = next(number for number, rest in runs if "gcc" in rest)
    installation = next(number for number, rest in runs if "pip install" in rest)
    last_stage = max(number for number, i in enumerate(instructions) if i.word == "FROM")
    assert compiler < installation < last_stage


def test_it_does_not_run_as_root_and_watches_its_health(instructions: list[Instruction]) -> None:
    assert _last(instructions, "USER") == "quotewright"
    assert "/readyz" in _last(instructions, "HEALTHCHECK")
    assert json.loads(_last(instructions, "CMD"))[:2] == ["quotewright", "serve"]


def test_what_is_copied_exists_and_is_sent_to_the_engine(root: Path, instructions: list[Instruction]) -> None:
    for sources, _ in _copied(instructions):
        for source in sources:
            assert (root / source).exists(), source
            assert not _ignored(root, source), source
    assert _ignored(root, ".venv")
    assert _ignored(root, "var")


@pytest.fixture
def image() -> Iterator[Path]:
    """Stands for the image's root; a short path, since the paths of scripts in an environment are limited."""
    with tempfile.TemporaryDirectory(prefix="image") as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_its_steps_give_a_service_that_answers(root: Path, image: Path, instructions: list[Instruction]) -> None:
    environment = _built(root, image, instructions)
    assert _shipped(root) == _shipped(next((image / "opt/quotewright/lib").glob("python3.*")) / "site-packages")
    port = str(free_port())
    start = _last(instructions, "CMD").replace("8000", port).replace("0.0.0.0", "127.0.0.1")
    check = _last(instructions, "HEALTHCHECK").partition("CMD")[2].replace("8000", port)
    log = image / "log"
    with log.open("wb") as output:
        command = _found(json.loads(start), environment)
        where = image / _last(instructions, "WORKDIR").lstrip("/")
        process = subprocess.Popen(command, cwd=where, env=environment, stdout=output, stderr=output)
        try:
            assert _healthy(_found(json.loads(check), environment), environment, process), log.read_text()
        finally:
            process.terminate()
            process.wait(30)


def _shipped(root: Path) -> set[str]:
    """What must travel: code, migrations and the book."""
    kinds = {"service": ("*.py", "*.mako", "*.html", "*.css"), "schemas": ("*.py",), "policies": ("*.yaml", "*.csv")}
    return {
        str(path.relative_to(root))
        for folder, patterns in kinds.items()
        for pattern in patterns
        for path in (root / folder).rglob(pattern)
    }


def _found(command: list[str], environment: dict[str, str]) -> list[str]:
    executable = shutil.which(command[0], path=environment["PATH"])
    assert executable, command[0]
    return [executable, *command[1:]]


def _built(root: Path, image: Path, instructions: list[Instruction]) -> dict[str, str]:
    """Runs COPY, WORKDIR, ENV and RUN below `image`; returns the environment at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    folder = image
    for instruction in instructions:
        rest = instruction.rest.replace("/opt/quotewright", f"{image}/opt/quotewright")
        match instruction.word:
            case "WORKDIR":
                folder = image / rest.lstrip("/")
                folder.mkdir(parents=True, exist_ok=True)
            case "ENV":
                name, _, value = rest.partition("=")
                value = value.replace("sqlite:///", f"sqlite:///{image}")
                environment[name] = value.replace("$PATH", environment["PATH"])
            case "COPY" if not rest.startswith("--from"):
                *sources, target = rest.split()
                for source in sources:
                    _copy(root / source, folder / (source if target == "./" else target))
            case "RUN" if not any(word in rest for word in NEEDS_ROOT):
                command = shlex.split(rest.replace("--no-cache-dir", "--quiet"))
                if command[0] == "python":
                    command[0] = sys.executable
                subprocess.run(command, cwd=folder, env=environment, check=True)
    return environment


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _healthy(check: list[str], environment: dict[str, str], process: subprocess.Popen[bytes]) -> bool:
    """Whether the image's own check passes within a minute."""
    for _ in range(60):
        if process.poll() is not None:
            return False
        if subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(1)
    return False
