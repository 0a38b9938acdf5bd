"""The hash tree of RFC 6962: its published vectors, and a second implementation after its text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture_protocol.store.merkle import leaf_hash, path_of, root_of

# The inputs and roots of the reference implementation (Certificate Transparency).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_vectors_of_the_rfc(size: int) -> None:
    assert root_of([leaf_hash(bytes.fromhex(each)) for each in INPUTS[:size]]).hex() == ROOTS[size]


def mth(data: Sequence[bytes]) -> bytes:
    """Section 2.1, word for word."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = largest_power_of_two_below(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def audit_path(m: int, data: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.1, word for word."""
    if len(data) == 1:
        return []
    k = largest_power_of_two_below(len(data))
    if m < k:
        return [*audit_path(m, data[:k]), mth(data[k:])]
    return [*audit_path(m - k, data[k:]), mth(data[:k])]


def largest_power_of_two_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=4), max_size=40), st.data())
def test_both_make_the_same_roots_and_paths(data: list[bytes], draw: st.DataObject) -> None:
    leaves = [leaf_hash(each) for each in data]
    assert root_of(leaves) == mth(data)
    if data:
        index = draw.draw(st.integers(0, len(data) - 1))
        assert path_of(index, leaves) == audit_path(index, data)


def test_a_leaf_is_never_a_node() -> None:
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    assert root_of([leaf_hash(leaves[0] + leaves[1])]) != root_of(leaves)
