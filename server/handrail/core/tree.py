"""The Merkle tree over a custody log, as RFC 6962 §2.1 defines it (RFC 9162 keeps it unchanged).

A tree of ten thousand records gives each record a proof of fourteen hashes, so that some exhibits
can be shown while the rest stays private. Leaves and nodes are hashed with different first bytes:
a node can never pass for a record. Nothing here signs anything: see `checkpoint`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_SIZE = 32


def leaf_hash(record: bytes) -> bytes:
    """Return the hash of one log record: SHA-256 of a zero byte and the record."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours: SHA-256 of a one byte and both hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def listed(leaf: bytes) -> bytes:
    """Return the line of a leaf in the list of leaves: lower-case hex and a line feed."""
    return leaf.hex().encode("ascii") + b"\n"


class Tree:
    """A tree that only grows. Every complete subtree is hashed once and kept."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        # _levels[h][i] is the root of the complete subtree of 2**h leaves that starts at i * 2**h.
        self._levels: list[list[bytes]] = [[]]
        self._listed = hashlib.sha256()
        for leaf in leaves:
            self.append(leaf)

    def copy(self) -> Tree:
        """Return a tree that grows on its own. Nothing is hashed again."""
        twin = Tree()
        twin._levels = [level.copy() for level in self._levels]
        twin._listed = self._listed.copy()
        return twin

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more record."""
        if len(leaf) != HASH_SIZE:
            raise ValueError("a leaf hash has 32 bytes")
        self._levels[0].append(leaf)
        self._listed.update(listed(leaf))
        height = 0
        while len(self._levels[height]) % 2 == 0:
            if height + 1 == len(self._levels):
                self._levels.append([])
            left, right = self._levels[height][-2:]
            self._levels[height + 1].append(node_hash(left, right))
            height += 1

    def leaves(self, size: int | None = None) -> tuple[bytes, ...]:
        """Return the first `size` leaf hashes, all of them by default."""
        return tuple(self._levels[0][: self._checked(size)])

    def list_digest(self, size: int | None = None) -> str:
        """Return the SHA-256 of the list of the first `size` leaves, one line for each."""
        if self._checked(size) == len(self):
            return self._listed.hexdigest()
        return hashlib.sha256(b"".join(map(listed, self.leaves(size)))).hexdigest()

    def root(self, size: int | None = None) -> bytes:
        """Return the Merkle tree hash of the first `size` leaves, of all by default."""
        return self._subtree(0, self._checked(size))

    def inclusion_path(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes that lead from one leaf to the root, the leaf's neighbour first."""
        end = self._checked(size)
        if not 0 <= index < end:
            raise ValueError("no such leaf in a tree of this size")
        return tuple(self._path(index, 0, end))

    def consistency_path(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes that prove the first `old` leaves unchanged in the larger tree."""
        end = self._checked(size)
        if not 0 < old <= end:
            raise ValueError("the older tree has at least one leaf and is not the larger one")
        return tuple(self._consistency(old, 0, end, whole=True))

    def _checked(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError("the tree has not grown to this size")
        return size

    def _subtree(self, start: int, end: int) -> bytes:
        size = end - start
        if size == 0:
            return hashlib.sha256(b"").digest()
        if size & (size - 1) == 0 and start % size == 0:
            return self._levels[size.bit_length() - 1][start // size]
        middle = start + _split(size)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._subtree(middle, end)]
        return [*self._path(index, middle, end), self._subtree(start, middle)]

    def _consistency(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end:
            return [] if whole else [self._subtree(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            kept = self._consistency(old, start, middle, whole=whole)
            return [*kept, self._subtree(middle, end)]
        return [*self._consistency(old, middle, end, whole=False), self._subtree(start, middle)]


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (RFC 6962 §2.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether the path leads from this leaf at this place to this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, reached = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            reached = node_hash(neighbour, reached)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, neighbour)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(
    old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the tree of `size` begins with the tree of `old` (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    rest = list(path)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    place, last = old - 1, size - 1
    while place % 2 == 1:
        place, last = place >> 1, last >> 1
    reached_old = reached = rest[0]
    for neighbour in rest[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            reached_old = node_hash(neighbour, reached_old)
            reached = node_hash(neighbour, reached)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, neighbour)
        place, last = place >> 1, last >> 1
    return last == 0 and reached_old == old_root and reached == root
