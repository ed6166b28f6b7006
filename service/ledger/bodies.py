"""What a record says in its own words, as it lies in the database: compressed, then encrypted with its client's key.

Erasing the key erases every body of the client at once, in every copy of the database, while the rows and the log
that proves them stand (crypto-shredding). Knows neither tables nor what the parts mean.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
"""The first byte of a stored body: zstandard with the dictionary below, AES-256-GCM. Another way is another byte."""

KEY_BYTES = 32
_NONCE_BYTES = 12
_LENGTH_BYTES = 4
_LEVEL = 1
DICTIONARY = Path(__file__).with_name("bodies.dictionary")
"""Requests, facts and decisions as they look, so that what all have in common isn't stored each time. Part of the
format: not a byte of it may ever change."""


class UnreadableBody(Exception):
    """A body that was changed, or one of another record or another client's key in its place."""

    def __init__(self, record: str) -> None:
        self.record = record
        super().__init__(f"the stored body of {record} is not what was written")


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def packed(parts: Sequence[bytes], key: bytes, record: str) -> bytes:
    """`record`: what the body belongs to; it can't be read as another's."""
    framed = b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)
    nonce = os.urandom(_NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, _coder().squeezed(framed), record.encode())


def unpacked(stored: bytes, key: bytes, record: str) -> tuple[bytes, ...]:
    """Raises UnreadableBody."""
    if stored[:1] != FORMAT:
        raise UnreadableBody(record)
    nonce, rest = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
    try:
        framed = _coder().spread(AESGCM(key).decrypt(nonce, rest, record.encode()))
    except (InvalidTag, ValueError, zstandard.ZstdError) as fault:
        raise UnreadableBody(record) from fault
    parts, at = [], 0
    while at < len(framed):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(framed[at:start], "big")
        parts.append(framed[start:at])
    return tuple(parts)


def opens(stored: bytes, key: bytes, record: str) -> bool:
    """Whether it is what was packed with this key for this record; faster than unpacking it."""
    nonce, rest = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
    try:
        AESGCM(key).decrypt(nonce, rest, record.encode())
    except (InvalidTag, ValueError):
        return False
    return True


class _Coder(threading.local):
    """A thread's own: zstandard's contexts serve one thread at a time."""

    def __init__(self) -> None:
        self._squeeze = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary())
        self._spread = zstandard.ZstdDecompressor(dict_data=_dictionary())

    def squeezed(self, data: bytes) -> bytes:
        return self._squeeze.compress(data)

    def spread(self, data: bytes) -> bytes:
        return self._spread.decompress(data)


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    made = zstandard.ZstdCompressionDict(DICTIONARY.read_bytes(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    made.precompute_compress(level=_LEVEL)
    return made


@cache
def _coder() -> _Coder:
    return _Coder()
