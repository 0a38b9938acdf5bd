"""The hash tree of RFC 6962, section 2.1: one root for a list, and a short path that proves what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """The hash of what is in the list."""
    return hashlib.sha256(b"\x00" + data).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves; of none, the hash of nothing."""
    level = list(leaves)
    if not level:
        return hashlib.sha256().digest()
    # Level by level: a last one without a neighbour goes up as it is, as the tree of the RFC has it.
    while len(level) > 1:
        pairs = [_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1 :]
    return level[0]


def path_of(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that make the root out of one leaf, from the leaf upwards."""
    path, level = [], list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        pairs = [_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1 :]
        index //= 2
    return path


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
