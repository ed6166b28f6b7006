"""The Merkle tree of an append-only log (RFC 9162, section 2.1; the same hashes as RFC 6962).

Pure: whoever stores the tree passes in how to find the hash of a complete subtree. `level` 0 are the leaves; the
subtree (level, index) spans the leaves from index << level on, 1 << level of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Hash = bytes
Subtree = tuple[int, int]
"""Level and index of a complete subtree."""
Find = Callable[[int, int], Hash]
"""The hash of a complete subtree."""

EMPTY: Hash = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> Hash:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return sha256(b"\x01" + left + right).digest()


def peaks(first: int, end: int) -> list[Subtree]:
    """The fewest complete subtrees that cover the leaves from `first` up to `end`, from left to right."""
    found = []
    while first < end:
        level = (first & -first).bit_length() - 1 if first else (end - first).bit_length()
        while (1 << level) > end - first:
            level -= 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def folded(hashes: Sequence[Hash]) -> Hash:
    """Of peaks from the left the root: the rightmost two meet first."""
    if not hashes:
        return EMPTY
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def root(size: int, find: Find) -> Hash:
    """The root of the tree of the first `size` leaves."""
    return folded([find(level, index) for level, index in peaks(0, size)])


def subtree(leaves: Sequence[Hash]) -> Hash:
    """The hash of a complete subtree, from all its leaves. Their number is a power of two."""
    row = list(leaves)
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def inclusion_proof(index: int, size: int, find: Find) -> tuple[Hash, ...]:
    """What it takes, beside the leaf at `index`, to work out the root of the first `size` leaves. index < size."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has none at {index}")
    return tuple(find_range(first, end, find) for first, end in _beside(index, size))


def consistency_proof(earlier: int, later: int, find: Find) -> tuple[Hash, ...]:
    """That the first `earlier` leaves of the tree of `later` are those of the earlier tree. earlier <= later."""
    if not 0 <= earlier <= later:
        raise ValueError(f"a tree of {later} leaves has no earlier one of {earlier}")
    if earlier in (0, later):
        return ()
    return tuple(find_range(first, end, find) for first, end in _between(earlier, 0, later, known=True))


def find_range(first: int, end: int, find: Find) -> Hash:
    return folded([find(level, index) for level, index in peaks(first, end)])


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _beside(index: int, size: int) -> Iterable[tuple[int, int]]:
    """The ranges of leaves beside the path from a leaf to the root, from the leaf up."""
    first, end = 0, size
    ranges = []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((first, middle))
            first = middle
    return reversed(ranges)


def _between(earlier: int, first: int, end: int, known: bool) -> Iterable[tuple[int, int]]:
    """`known`: whoever checks has the hash of the range from `first` on as the earlier root."""
    if earlier == end:
        return [] if known else [(first, end)]
    middle = first + _split(end - first)
    if earlier <= middle:
        return [*_between(earlier, first, middle, known), (middle, end)]
    return [*_between(earlier, middle, end, known=False), (first, middle)]


def includes(root: Hash, size: int, leaf: Hash, index: int, proof: Sequence[Hash]) -> bool:
    """Whether `proof` shows that the tree of this root and size holds `leaf` at `index` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, here = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            here = node_hash(other, here)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            here = node_hash(here, other)
        node, last = node >> 1, last >> 1
    return last == 0 and here == root


def consistent(earlier: int, earlier_root: Hash, later: int, later_root: Hash, proof: Sequence[Hash]) -> bool:
    """Whether `proof` shows that the later tree holds the earlier one's leaves first (RFC 9162, 2.1.4.2)."""
    if not 0 <= earlier <= later:
        return False
    if earlier == 0:
        return not proof and earlier_root == EMPTY
    if earlier == later:
        return not proof and earlier_root == later_root
    hashes = list(proof)
    if earlier & (earlier - 1) == 0:
        hashes.insert(0, earlier_root)
    if not hashes:
        return False
    node, last = earlier - 1, later - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, other)
        node, last = node >> 1, last >> 1
    return last == 0 and (before, after) == (earlier_root, later_root)
