"""The tree against the published vectors of Certificate Transparency, and against the RFC's own definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.merkle import (
    EMPTY,
    Hash,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    peaks,
    root,
    subtree,
)

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first one, two, ... eight entries: test vectors of the Certificate Transparency project."""


def recursive(entries: list[bytes]) -> Hash:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + recursive(entries[:k]) + recursive(entries[k:])).digest()


class Stored:
    """Finds complete subtrees, and nothing else."""

    def __init__(self, entries: list[bytes]) -> None:
        self.leaves = [leaf_hash(entry) for entry in entries]

    def __call__(self, level: int, index: int) -> Hash:
        leaves = self.leaves[index << level : (index + 1) << level]
        assert len(leaves) == 1 << level, "not a complete subtree"
        return subtree(leaves)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    assert root(size, Stored(ENTRIES)).hex() == ROOTS[size - 1]


def test_a_published_inclusion_proof() -> None:
    """RFC 6962, section 2.1.3: of seven leaves the path for d3 is [c, g, ...]: d2, the pair d0 d1, then the rest."""
    find = Stored(ENTRIES[:7])
    rest = recursive(ENTRIES[4:7])
    assert inclusion_proof(3, 7, find) == (leaf_hash(ENTRIES[2]), recursive(ENTRIES[:2]), rest)
    assert inclusion_proof(6, 7, find) == (recursive(ENTRIES[4:6]), recursive(ENTRIES[:4]))


def test_published_consistency_proofs() -> None:
    """RFC 6962, section 2.1.3: PROOF(3, D[7]) = [c, d, g, l], PROOF(4, D[7]) = [l], PROOF(6, D[7]) = [i, j, k]."""
    find = Stored(ENTRIES[:7])
    c, d, g = leaf_hash(ENTRIES[2]), leaf_hash(ENTRIES[3]), recursive(ENTRIES[:2])
    rest, i, j, k = recursive(ENTRIES[4:7]), recursive(ENTRIES[4:6]), leaf_hash(ENTRIES[6]), recursive(ENTRIES[:4])
    assert consistency_proof(3, 7, find) == (c, d, g, rest)
    assert consistency_proof(4, 7, find) == (rest,)
    assert consistency_proof(6, 7, find) == (i, j, k)


def test_an_empty_tree() -> None:
    assert root(0, Stored([])) == EMPTY == recursive([])
    assert consistent(0, EMPTY, 3, recursive(ENTRIES[:3]), ())
    assert not includes(EMPTY, 0, leaf_hash(b""), 0, ())
    with pytest.raises(ValueError, match="a tree of 0 leaves has none at 0"):
        inclusion_proof(0, 0, Stored([]))


@pytest.mark.parametrize("size", range(1, 20))
def test_every_proof_of_small_trees(size: int) -> None:
    entries = [bytes([n]) for n in range(size)]
    find, whole = Stored(entries), recursive(entries)
    for index in range(size):
        proof = inclusion_proof(index, size, find)
        assert includes(whole, size, leaf_hash(entries[index]), index, proof)
        for other in range(size):
            if other != index:
                assert not includes(whole, size, leaf_hash(entries[index]), other, proof)
        assert not includes(whole, size, leaf_hash(b"forged"), index, proof)
        assert not includes(whole, size, leaf_hash(entries[index]), index, (*proof, EMPTY))
        if proof:
            assert not includes(whole, size, leaf_hash(entries[index]), index, proof[:-1])
    for earlier in range(1, size + 1):
        old, proof = recursive(entries[:earlier]), consistency_proof(earlier, size, find)
        assert consistent(earlier, old, size, whole, proof)
        if earlier < size:
            assert not consistent(earlier, recursive([b"forged", *entries[1:earlier]]), size, whole, proof)
            assert not consistent(earlier, old, size, recursive([*entries[:-1], b"forged"]), proof)
            assert not consistent(earlier, old, size, whole, (*proof, EMPTY))
            assert not consistent(earlier, old, size, whole, proof[:-1])


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_peaks_cover_a_range_without_gap_or_overlap(one: int, other: int) -> None:
    first, end = sorted((one, other))
    at = first
    for level, index in peaks(first, end):
        assert index << level == at
        at += 1 << level
    assert at == end


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_that_of_the_recursive_definition(entries: list[bytes]) -> None:
    assert root(len(entries), Stored(entries)) == recursive(entries)
