"""Verifies a receipt of Quotewright with nothing of Quotewright: Python's standard library and the openssl command.

python3 examples/verify_receipt.py receipt.json 'name+id+key' [answer.json]
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

DER_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2."""
    node, last = index, size - 1
    for other in proof:
        assert last > 0, "the proof is too long"
        if node & 1 or node == last:
            leaf = sha256(b"\x01", other, leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = sha256(b"\x01", leaf, other)
        node, last = node >> 1, last >> 1
    assert last == 0, "the proof is too short"
    return leaf


def signed(text: bytes, signature: bytes, public: bytes) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (("text", text), ("signature", signature), ("key", DER_OF_ED25519 + public)):
            (folder / file).write_bytes(content)
        command = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


def main() -> None:
    receipt, key = json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]
    entry = json.dumps(receipt["entry"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    leaf = sha256(b"\x00", entry.encode())
    assert leaf.hex() == receipt["leaf"], "the entry isn't what the leaf was made of"
    head = root(leaf, receipt["position"], receipt["size"], [bytes.fromhex(hash) for hash in receipt["proof"]])
    text, _, signatures = receipt["checkpoint"].rpartition("\n\n")
    _, size, told_root, *_ = text.splitlines()
    assert (int(size), base64.b64decode(told_root)) == (receipt["size"], head), (
        "the proof doesn't lead to the checkpoint"
    )
    name, id, public = key.split("+", 2)
    lines = [base64.b64decode(line.rpartition(" ")[2]) for line in signatures.splitlines()]
    mine = [line[4:] for line in lines if line[:4].hex() == id]
    assert any(signed(f"{text}\n".encode(), each, base64.b64decode(public)[1:]) for each in mine), "no signature holds"
    if len(sys.argv) > 3:
        answer = Path(sys.argv[3]).read_bytes().rstrip()
        decision, _, own = answer.rpartition(b',"receipt":')
        salt = bytes.fromhex(json.loads(own[:-1])["salt"])
        assert receipt["entry"]["answer_digest"] == f"sha256:{sha256(salt, decision, b'}').hex()}", "another answer"
    print(f"proved: position {receipt['position']} of {size}, by {name}")


main()
