"""Signed heads of the log, as text: the checkpoints that transparency logs exchange (C2SP tlog-checkpoint), in signed
notes (C2SP signed-note) with Ed25519 signatures. Whoever has the public key can check one anywhere, without us.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.domain.merkle import Hash

SEED_BYTES = 32
_ED25519 = b"\x01"
_ID_BYTES = 4
_SIGNED_BY = "— "
_SEALED = "sealed "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` had this root when it held `size` leaves. `sealed_at`: aware."""

    origin: str
    size: int
    root: Hash
    sealed_at: datetime

    @property
    def text(self) -> str:
        """What is signed."""
        moment = self.sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n{_SEALED}{moment}\n"


class BadCheckpoint(ValueError):
    """Text that is no checkpoint, or one that no known key has signed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a checkpoint of this ledger: {reason}")


class OtherKey(BadCheckpoint):
    """A checkpoint that only keys have signed which aren't given: it proves nothing, and needn't be forged."""

    def __init__(self) -> None:
        super().__init__("signed by none of the keys given")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by name, as auditors keep it: `name+id+key`."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def read(cls, text: str) -> Verifier:
        """Raises ValueError."""
        name, _, rest = text.strip().partition("+")
        id, _, key = rest.partition("+")
        try:
            decoded = base64.b64decode(key, validate=True)
        except binascii.Error as error:
            raise ValueError("the key is not written as name+id+key") from error
        if decoded[:1] != _ED25519 or len(decoded) != 1 + SEED_BYTES:
            raise ValueError("the key is not an Ed25519 public key, written as name+id+key")
        made = cls(name, decoded[1:])
        if made.id.hex() != id:
            raise ValueError("the key's id doesn't fit it: a character was lost in copying")
        return made

    def accepts(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key by name. `seed`: 32 bytes, all that there is to keep secret."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The signature under a note's text."""
        return f"{_SIGNED_BY}{self.verifier.name} {_base64(self.verifier.id + self._key.sign(text.encode()))}\n"


def signed(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    text = checkpoint.text
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"


def opened(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint in a note that one of the keys has signed. Raises BadCheckpoint, of which OtherKey is one."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank:
        raise BadCheckpoint("it holds no signature")
    text += "\n"
    found = list(_signatures(signatures))
    known = {verifier.id: verifier for verifier in verifiers}
    valid = [s for id, s in found if id in known and known[id].accepts(text, s)]
    if not any(id in known for id, _ in found):
        raise OtherKey
    if not valid:
        raise BadCheckpoint("a forged signature")
    return _read(text)


def _read(text: str) -> Checkpoint:
    lines = text.splitlines()
    try:
        origin, size, root, sealed = lines[:4]
        moment = datetime.fromisoformat(sealed.removeprefix(_SEALED).replace("Z", "+00:00"))
        made = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), moment)
    except (ValueError, binascii.Error) as error:
        raise BadCheckpoint("its lines aren't origin, size, root and moment") from error
    if made.text != text:
        raise BadCheckpoint("its lines aren't origin, size, root and moment")
    return made


def _signatures(lines: str) -> list[tuple[bytes, bytes]]:
    """Key id and signature of each line that is one."""
    found = []
    for line in lines.splitlines():
        if not line.startswith(_SIGNED_BY):
            raise BadCheckpoint("what follows its text isn't a signature")
        try:
            decoded = base64.b64decode(line.rpartition(" ")[2], validate=True)
        except binascii.Error as error:
            raise BadCheckpoint("a signature isn't base64") from error
        found.append((decoded[:_ID_BYTES], decoded[_ID_BYTES:]))
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
