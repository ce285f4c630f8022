"""A BagIt bag (RFC 8493) written into a ZIP as one stream, in constant memory.

Every file is hashed while it is written and compared with the digest that was promised for it. The
ZIP is the same, byte for byte, whenever the same files are added in the same order: members are
stored and not packed, every date is the first that ZIP knows, and no name comes from a person. What
goes into the bag is decided in `package`.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Self

from ..core.errors import Damaged

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"

# Plain names need no escaping in a manifest and mean the same file on every system. The two files
# that a person opens first have the upper-case names that people look for.
_NAME = re.compile(r"(README\.txt|VERIFY\.txt|[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*)")
_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_A_FILE_THAT_ALL_MAY_READ = 0o100644 << 16


class Bag:
    """One bag being written. Payload comes first, then `finish` adds the lists of files."""

    def __init__(self, out: BinaryIO, folder: str) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._folder = folder
        self._digests: dict[str, str] = {}
        self.payload_files = 0
        self.payload_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # A bag that was not finished has no signature; closing it only lets go of the file.
        self._zip.close()

    @property
    def files(self) -> int:
        """Return how many files the bag has so far."""
        return len(self._digests)

    def add(self, name: str, data: bytes) -> None:
        """Add a small file."""
        self.add_stream(name, [data], len(data), hashlib.sha256(data).hexdigest())

    def add_stream(self, name: str, chunks: Iterable[bytes], length: int, sha256: str) -> None:
        """Add a file whose length and digest are known before it is read.

        Raises `Damaged` when the bytes are not those. The bag must then be thrown away.
        """
        if _NAME.fullmatch(name) is None or name in self._digests:
            raise ValueError(f"not a name for a new file of a bag: {name!r}")
        member = zipfile.ZipInfo(f"{self._folder}/{name}", date_time=_FIRST_ZIP_DATE)
        member.create_system = 3
        member.external_attr = _A_FILE_THAT_ALL_MAY_READ
        member.file_size = length  # lets zipfile choose 64-bit fields where they are needed
        digest = hashlib.sha256()
        written = 0
        with self._zip.open(member, "w") as file:
            for chunk in _at_most(chunks, length):
                digest.update(chunk)
                written += len(chunk)
                file.write(chunk)
        if written != length or digest.hexdigest() != sha256:
            raise Damaged("exhibit-digest", "an exhibit is not the one that was logged")
        self._digests[name] = sha256
        if name.startswith("data/"):
            self.payload_files += 1
            self.payload_bytes += length

    def finish(self, info: Iterable[tuple[str, str]], seal: Callable[[bytes], bytes]) -> None:
        """Add the declaration, the two manifests and, last, the signature of the second.

        `info` are lines of ``bag-info.txt``. `seal` is given the bytes of the tag manifest, which
        binds every other file.
        """
        lines = sorted([*info, ("Payload-Oxum", f"{self.payload_bytes}.{self.payload_files}")])
        self.add("bag-info.txt", "".join(f"{key}: {value}\n" for key, value in lines).encode())
        self.add("bagit.txt", BAGIT)
        self.add(MANIFEST, self._manifest(lambda name: name.startswith("data/")))
        tagmanifest = self._manifest(lambda name: not name.startswith("data/"))
        self.add(TAGMANIFEST, tagmanifest)
        self.add(f"{TAGMANIFEST}.sig", seal(tagmanifest))

    def _manifest(self, belongs: Callable[[str], bool]) -> bytes:
        names = sorted(name for name in self._digests if belongs(name))
        return "".join(f"{self._digests[name]}  {name}\n" for name in names).encode("ascii")


def _at_most(chunks: Iterable[bytes], length: int) -> Iterator[bytes]:
    """Yield the chunks, and stop a stream that is longer than it may be."""
    for chunk in chunks:
        length -= len(chunk)
        if length < 0:
            raise Damaged("exhibit-digest", "an exhibit is longer than the one that was logged")
        yield chunk
