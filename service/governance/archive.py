"""A book's files as one archive, and back: the same files always give the same bytes. Knows no books."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

_SOME_DAY = (1980, 1, 1, 0, 0, 0)
"""A zip entry has a time; who wrote a file and when is recorded elsewhere."""

_READABLE = 0o644 << 16


def packed(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _SOME_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            archive.writestr(entry, files[name])
    return target.getvalue()


class NoArchive(ValueError):
    """Bytes that aren't an archive, or not whole."""


def unpacked(archive: object) -> dict[str, bytes]:
    """Raises NoArchive."""
    if not isinstance(archive, bytes):  # SQLite gives back whatever type somebody put there
        raise NoArchive
    try:
        return _read(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as fault:
        raise NoArchive from fault


def _read(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return {name: source.read(name) for name in source.namelist()}
