"""Merkle trees as in Certificate Transparency (RFC 9162 §2.1): roots, inclusion and consistency proofs.

Leaves and nodes are hashed in separate domains (0x00, 0x01), so that neither can pass for the other. Hashes are 32
bytes. The provers take `subtree(start, end) -> MTH(D[start:end])`, so that a log of millions of entries can answer
from stored subtrees; `subtree_of` makes one from a list of leaf hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from damjang.certificates.errors import LogProofInvalid

Subtree = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""MTH({}), RFC 9162 §2.1.1."""


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The tree's root from its leaf hashes, level by level; O(n) time, n hashes of memory.

    A lone last node rises unchanged, which is the RFC's split at the largest power of two below n.
    """
    if not leaves:
        return EMPTY_ROOT
    sha256, level = hashlib.sha256, list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]


def subtree_of(leaves: Sequence[bytes]) -> Subtree:
    """`subtree` over a list of leaf hashes."""
    return lambda start, end: root_of(leaves[start:end])


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (> 1)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """PATH(index, D[size]), RFC 9162 §2.1.3.1: sibling hashes from the leaf up. Requires 0 <= index < size."""
    if not 0 <= index < size:
        raise LogProofInvalid(f"entry {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """PROOF(old, D[new]), RFC 9162 §2.1.4.1. Requires 0 < old <= new."""
    if not 0 < old <= new:
        raise LogProofInvalid(f"a tree of {new} does not extend one of {old}")
    proof: list[bytes] = []
    start, end, whole = 0, new, True  # whole: D[0:old] is itself a node that the verifier knows as the old root
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(subtree(start, end))
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 §2.1.3.2; raises LogProofInvalid unless the leaf is entry `index` of the tree of `size` with `root`."""
    if not 0 <= index < size:
        raise LogProofInvalid(f"entry {index} is not in a tree of {size}")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise LogProofInvalid("inclusion proof: too long")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    if last or result != root:
        raise LogProofInvalid("inclusion proof: does not lead to the root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162 §2.1.4.2; raises LogProofInvalid unless the new tree only appends to the old one."""
    if not 0 < old <= new:
        raise LogProofInvalid(f"a tree of {new} does not extend one of {old}")
    if old == new:
        if proof or old_root != new_root:
            raise LogProofInvalid("consistency proof: two roots for one size")
        return
    path = list(proof)
    if old & (old - 1) == 0:  # a power of two: its root is a node of the new tree
        path.insert(0, old_root)
    if not path:
        raise LogProofInvalid("consistency proof: too short")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise LogProofInvalid("consistency proof: too long")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise LogProofInvalid("consistency proof: does not lead to both roots")
