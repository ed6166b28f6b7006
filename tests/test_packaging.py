"""What is installed is what was tested, and whoever can't install it is told why."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = {
    "service", "policies", "schemas", "tests", "docs", "examples", "benchmarks",
    "wsgi.py", "setup.cfg", "pyproject.toml", "Dockerfile", "Makefile", "README.md", "CHANGELOG.md",
}  # fmt: skip
MADE = {"build", "dist", "var"}
TARGETS = ("help", "setup", "run", "test", "check", "bench", "clean")


@pytest.fixture
def configuration(root: Path) -> ConfigParser:
    parser = ConfigParser()
    parser.read(root / "setup.cfg")
    return parser


def _requirements(lines: str) -> dict[str, Requirement]:
    return {canonicalize_name(r.name): r for r in map(Requirement, filter(None, lines.splitlines()))}


@pytest.fixture
def direct(configuration: ConfigParser) -> dict[str, Requirement]:
    return _requirements(configuration["options"]["install_requires"])


@pytest.fixture
def development(configuration: ConfigParser) -> dict[str, Requirement]:
    return _requirements(configuration["options.extras_require"]["dev"])


@pytest.fixture
def optional(configuration: ConfigParser) -> dict[str, Requirement]:
    """What an extra brings, under the name that it is imported by."""
    return _requirements(configuration["options.extras_require"]["spark"])


@pytest.fixture
def pinned(root: Path) -> dict[str, str]:
    lines = (root / ".ci" / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins.items()}


def test_direct_dependencies_are_pinned_as_the_constraints_pin_them(
    direct: dict[str, Requirement],
    development: dict[str, Requirement],
    optional: dict[str, Requirement],
    pinned: dict[str, str],
) -> None:
    for name, requirement in (direct | development | optional).items():
        assert str(requirement.specifier) == f"=={pinned[name]}"


def test_every_transitive_dependency_is_pinned(
    direct: dict[str, Requirement], development: dict[str, Requirement], pinned: dict[str, str]
) -> None:
    reached: set[str] = set()
    waiting = list((direct | development).values())
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in reached:
            continue
        reached.add(name)
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    assert reached - pinned.keys() == set()


def test_the_environment_holds_the_pinned_versions(pinned: dict[str, str]) -> None:
    installed = {canonicalize_name(d.metadata["Name"]): d.version for d in metadata.distributions()}
    other = {name: installed[name] for name in pinned.keys() & installed.keys() if installed[name] != pinned[name]}
    assert other == {}


def _imported(folder: Path) -> set[str]:
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_whatever_is_imported_is_declared(
    root: Path, direct: dict[str, Requirement], optional: dict[str, Requirement]
) -> None:
    provided = metadata.packages_distributions()
    imported = _imported(root / "service") | _imported(root / "schemas")
    foreign = imported - set(sys.stdlib_module_names) - {"service", "schemas", "policies"}
    undeclared = {
        name for name in foreign if not {canonicalize_name(d) for d in provided.get(name, ())} & direct.keys()
    }
    # Flask's own foundation and its template and signing parts come with it by contract.
    assert undeclared - {"werkzeug", "jinja2", "itsdangerous"} - optional.keys() == set()


def test_the_top_folder_holds_nothing_unexpected(root: Path) -> None:
    found = {path.name for path in root.iterdir() if not path.name.startswith(".") and path.suffix != ".egg-info"}
    assert found - MADE - {"__pycache__"} <= TOP


def test_installing_on_a_newer_python_says_why_not(root: Path) -> None:
    newer = "import runpy, sys; sys.version_info = (3, 13, 0, 'final', 0); runpy.run_path(sys.argv[1])"
    backend = root / ".ci" / "build_backend.py"
    ended = subprocess.run([sys.executable, "-c", newer, backend], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "needs Python 3.11 or 3.12, and this is 3.13" in ended.stderr
    assert "durable_rules" in ended.stderr


@pytest.fixture
def only_newer(tmp_path: Path) -> Path:
    """A folder whose only Python answers as 3.13 would."""
    fake = tmp_path / "python3.12"
    fake.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) echo 3.13;; esac\n')
    fake.chmod(0o755)
    return tmp_path


def test_make_says_which_python_it_needs(root: Path, only_newer: Path) -> None:
    ended = subprocess.run(
        ["/bin/sh", root / ".ci" / "find-python"],
        env={"PATH": str(only_newer)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "python3.12 is 3.13" in ended.stderr
    assert "durable_rules, the rule engine, needs Python 3.11 or 3.12" in ended.stderr


def test_a_python_that_was_named_is_not_replaced_by_another(root: Path, only_newer: Path) -> None:
    command = ["/bin/sh", root / ".ci" / "find-python", only_newer / "python3.12"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "(3.13) does not fit" in ended.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_the_target(root: Path, target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=root, check=True, capture_output=True)


def test_a_taken_port_is_reported_with_the_way_out(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, root / ".ci" / "first_run.py", "--port", str(port)]
        environment = os.environ | {"PYTHONPATH": str(root)}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert re.search(rf"Port {port} is taken.*make run PORT=\d+", ended.stderr)


@pytest.mark.parametrize("script", ["run", "install", "find-python"])
def test_shell_scripts_parse_and_may_be_run(root: Path, script: str) -> None:
    path = root / ".ci" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash" if script == "run" else "sh", "-n", path], check=True)
