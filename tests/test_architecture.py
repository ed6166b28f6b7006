"""The house rules that imports and line counts can show: who may know whom, and how long a file may grow."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = sorted([ROOT / "wsgi.py", *(ROOT / "service").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")])
MODULES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in SHIPPED]
LONGEST_FILE = 300
LONGEST_FUNCTION = 50

MAY_IMPORT = {
    "service/domain": {"service.domain"},
    "service/policy": {"service.domain", "service.policy", "schemas.book", "schemas.governance", "yaml", "marshmallow"},
    "service/matching": {"service.domain", "service.policy", "service.matching", "durable", "durable_rules_engine"},
    "service/wording": {"service.domain", "service.policy", "service.wording", "babel"},
    "service/layout.py": {"service.domain", "service.policy", "service.wording"},
    "service/evaluation.py": {
        "service.domain",
        "service.policy",
        "service.matching",
        "service.wording",
        "service.layout",
    },
    "service/governance": {
        "service.domain",
        "service.policy",
        "service.matching",
        "service.wording",
        "service.evaluation",
        "service.opening",
        "service.cases",
        "service.ledger",
        "service.governance",
        "schemas",
    },
    "service/cases": {
        "service.domain",
        "service.policy",
        "service.matching",
        "service.evaluation",
        "service.cases",
        "schemas",
    },
    "service/authoring": {
        "service.domain",
        "service.policy",
        "service.cases",
        "service.authoring",
        "schemas",
        "holidays",
        "marshmallow",
        "yaml",
    },
    "service/exporting": {"service.domain", "service.ledger", "service.exporting", "orjson", "xlsxwriter", "duckdb"},
    "service/clients": {
        "service.domain",
        "service.policy",
        "service.ledger",
        "service.clients",
        "duckdb",
        "openpyxl",
        "orjson",
        "pyspark",
    },
    "service/people": {"service.domain", "service.people", "service.ledger", "argon2"},
    "service/carrying.py": {"greenlet"},
    "service/worker.py": {"service.carrying", "gunicorn"},
    "service/ledger": {
        "service.domain",
        "service.carrying",
        "service.ledger",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "orjson",
        "cryptography",
        "zstandard",
    },
}
"""What a room may import beside the standard library: downwards only."""

ONLY_IN = {
    "sqlalchemy": ("service/ledger",),
    "alembic": ("service/ledger",),
    "durable": ("service/matching",),
    "durable_rules_engine": ("service/matching",),
    "babel": ("service/wording",),
    "flask": ("service/api", "service/app.py", "service/pages"),
    "click": ("service/cli",),
    "argon2": ("service/people",),
    "flask_login": ("service/pages",),
    "flask_wtf": ("service/pages",),
    "authlib": ("service/pages",),
    "joserfc": ("service/pages",),
    "requests": ("service/pages",),
    "holidays": ("service/authoring",),
    "greenlet": ("service/carrying.py",),
    "gunicorn": ("service/worker.py", "service/gunicorn_conf.py", "service/cli"),
    "duckdb": ("service/exporting", "service/clients"),
    "openpyxl": ("service/clients",),
    "pyspark": ("service/clients",),
    "xlsxwriter": ("service/exporting",),
}
"""Libraries that one room hides from the others."""

NAMELESS = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|processors?|handlers?)(_|$)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: a relative import hides where it leads"
            yield node.module or ""


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def foreign(path: Path, allowed: set[str]) -> list[str]:
    return [
        module
        for module in imports(path)
        if module.partition(".")[0] not in sys.stdlib_module_names and not any(within(module, a) for a in allowed)
    ]


@pytest.mark.parametrize("path", MODULES)
def test_imports_run_downwards(path: Path) -> None:
    for room, allowed in MAY_IMPORT.items():
        if within(name_of(path).replace("/", "."), room.replace("/", ".")):
            assert foreign(path, allowed) == [], f"{room} knows only {', '.join(sorted(allowed))}"


@pytest.mark.parametrize("path", MODULES)
def test_a_library_stays_in_its_room(path: Path) -> None:
    for module in imports(path):
        rooms = ONLY_IN.get(module.partition(".")[0])
        assert rooms is None or name_of(path).startswith(rooms), f"{module} belongs to {rooms}"


@pytest.mark.parametrize("path", [p for p in MODULES if "domain" in p.values[0].parts])  # type: ignore[attr-defined]
def test_the_domain_reads_no_clock_makes_no_ids_opens_nothing(path: Path) -> None:
    assert not {"time", "uuid", "secrets", "random", "os", "io", "pathlib", "socket", "locale"} & set(imports(path))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    assert not {"now", "utcnow", "today", "open", "input", "float"} & called


@pytest.mark.parametrize("path", MODULES)
def test_no_file_and_no_function_outgrows_a_reader(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    long = [
        f"{node.name}: {lines}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_an_unforeseen_fault_is_swallowed_at_one_boundary_only() -> None:
    """Tidying up and raising on is no swallowing."""
    broad = [
        name_of(path)
        for path in SHIPPED
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]
    assert len(broad) <= 1, broad


@pytest.mark.parametrize("path", MODULES)
def test_files_are_named_after_what_they_hold(path: Path) -> None:
    assert not NAMELESS.search(path.stem)


@pytest.mark.parametrize("path", MODULES)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))
