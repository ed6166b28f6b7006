"""Which rules hold for given facts: durable_rules decides, compiled Python gives the second opinion.

Knows programs (bound policies), never requests, HTTP or the database.
"""

from __future__ import annotations

import sys


class UnsupportedPython(ImportError):
    """durable_rules' C extension uses an interface that Python 3.13 removed, so it can't be imported there."""

    def __init__(self, version: tuple[int, int]) -> None:
        self.version = version
        super().__init__(
            f"Quotewright needs Python 3.11 or 3.12: its rules engine, durable_rules, does not work on "
            f"Python {version[0]}.{version[1]}. Create the environment with `python3.12 -m venv .venv`."
        )


def require_supported_python(version: tuple[int, int]) -> None:
    if not (3, 11) <= version <= (3, 12):
        raise UnsupportedPython(version)


require_supported_python(sys.version_info[:2])
