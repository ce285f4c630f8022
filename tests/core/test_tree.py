"""The Merkle tree agrees with RFC 6962: its published vectors and its recursive definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.tree import (
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots that Certificate Transparency implementations share (RFC 6962).
KNOWN_RECORDS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
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


def slow_root(records: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word and without memory."""
    if not records:
        return hashlib.sha256(b"").digest()
    if len(records) == 1:
        return hashlib.sha256(b"\x00" + records[0]).digest()
    split = 1
    while split * 2 < len(records):
        split *= 2
    left, right = slow_root(records[:split]), slow_root(records[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def slow_path(index: int, records: list[bytes]) -> list[bytes]:
    """The definition of RFC 6962 §2.1.1, word for word."""
    if len(records) == 1:
        return []
    split = 1
    while split * 2 < len(records):
        split *= 2
    if index < split:
        return [*slow_path(index, records[:split]), slow_root(records[split:])]
    return [*slow_path(index - split, records[split:]), slow_root(records[:split])]


def tree_of(records: list[bytes]) -> Tree:
    return Tree(leaf_hash(record) for record in records)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    assert tree_of(KNOWN_RECORDS[:size]).root().hex() == KNOWN_ROOTS[size]
    assert tree_of(KNOWN_RECORDS).root(size).hex() == KNOWN_ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70), st.data())
def test_root_and_paths_are_those_of_the_definition(
    records: list[bytes], data: st.DataObject
) -> None:
    tree = tree_of(records)
    size = data.draw(st.integers(0, len(records)))
    assert tree.root(size) == slow_root(records[:size])
    if size:
        index = data.draw(st.integers(0, size - 1))
        assert list(tree.inclusion_path(index, size)) == slow_path(index, records[:size])


@given(st.integers(1, 70), st.data())
def test_a_path_proves_its_own_leaf_at_its_own_place_and_no_other(
    size: int, data: st.DataObject
) -> None:
    tree = tree_of([bytes([number]) for number in range(size)])
    index = data.draw(st.integers(0, size - 1))
    path, root = tree.inclusion_path(index, size), tree.root(size)
    leaf = leaf_hash(bytes([index]))
    assert verify_inclusion(leaf, index, size, path, root)
    assert not verify_inclusion(leaf_hash(b"another"), index, size, path, root)
    assert not verify_inclusion(leaf, size, size, path, root)
    assert not verify_inclusion(leaf, index, size, (*path, root), root)
    other = data.draw(st.integers(0, size - 1))
    assert verify_inclusion(leaf, other, size, path, root) == (other == index)
    if path:
        assert not verify_inclusion(leaf, index, size, path[:-1], root)


@given(st.integers(1, 70), st.data())
def test_a_longer_log_proves_that_it_begins_with_the_shorter_one(
    size: int, data: st.DataObject
) -> None:
    tree = tree_of([bytes([number]) for number in range(size)])
    old = data.draw(st.integers(1, size))
    path = tree.consistency_path(old, size)
    assert verify_consistency(old, tree.root(old), size, tree.root(size), path)
    changed = tree_of([b"changed", *(bytes([number]) for number in range(1, size))])
    assert not verify_consistency(old, changed.root(old), size, tree.root(size), path)
    assert not verify_consistency(old, tree.root(old), size, changed.root(size), path)


def test_a_copy_grows_on_its_own() -> None:
    """What is written to the log may fail after the copy has grown: the tree is as it was."""
    tree = Tree(map(leaf_hash, KNOWN_RECORDS[:3]))
    before = (len(tree), tree.root(), tree.list_digest())
    twin = tree.copy()
    for record in KNOWN_RECORDS[3:]:
        twin.append(leaf_hash(record))
    assert (len(tree), tree.root(), tree.list_digest()) == before
    whole = Tree(map(leaf_hash, KNOWN_RECORDS))
    assert (twin.root(), twin.list_digest()) == (whole.root(), whole.list_digest())


def test_a_node_never_passes_for_a_record() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) != leaf_hash(left + right)


def test_what_is_not_a_hash_is_not_a_leaf() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tree([b"short"])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 4)])
def test_there_is_no_path_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"no such leaf|not grown"):
        tree_of(KNOWN_RECORDS[:3]).inclusion_path(index, size)
