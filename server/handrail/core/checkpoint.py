"""The signed head of a custody log, and the proof that a record is in it.

    handrail/case/0f3c…                          the origin: which log this is
    3                                            how many records it has
    qD3rY0…=                                     the Merkle root over them, base64
    leaves-sha256 5b1e…                          the SHA-256 of the list of leaf hashes

    — handrail/case/0f3c… x7Qk…=                 key id and Ed25519 signature, base64

The form is a C2SP checkpoint (c2sp.org/tlog-checkpoint) in a signed note (c2sp.org/signed-note).
Its one extension line lets a reader check the whole log with `sha256sum` and `grep`; C2SP advises
against extension lines because public log monitors cannot audit them, and a private log has none.
Keys are raw bytes; who holds the private one is decided elsewhere, so `sign` is handed in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .errors import Damaged
from .tree import HASH_SIZE, Tree, listed

ED25519 = b"\x01"
"""The signature type of a note key (c2sp.org/signed-note)."""

_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
_ORIGIN = re.compile(r"handrail/case/[0-9a-f]{32}")
_BODY = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,15})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"leaves-sha256 (?P<leaves>[0-9a-f]{64})\n"
)
_PROOF_HEAD = "c2sp.org/tlog-proof@v1\n"


class Checkpoint(NamedTuple):
    """What a checkpoint says: which log, how many records, their root, their list's digest."""

    origin: str
    size: int
    root: bytes
    leaves_sha256: str


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What a proof says: the place of a record, the path to the root, and the checkpoint note."""

    index: int
    path: tuple[bytes, ...]
    note: bytes


# ── The key ──────────────────────────────────────────────────────────────────────────────────


def origin_of(case: str) -> str:
    """Return the name of a case's log."""
    origin = f"handrail/case/{case}"
    if _ORIGIN.fullmatch(origin) is None:
        raise ValueError("a case id is 32 lower-case hex digits")
    return origin


def key_id(origin: str, public_key: bytes) -> bytes:
    """Return the four bytes that tell one key of a log from another; an identifier, not a proof."""
    return hashlib.sha256(origin.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def encode_vkey(origin: str, public_key: bytes) -> str:
    """Return the case's public key in the one-line form of signed notes."""
    typed_key = base64.b64encode(ED25519 + public_key).decode("ascii")
    return f"{origin}+{key_id(origin, public_key).hex()}+{typed_key}"


def decode_vkey(vkey: str) -> tuple[str, bytes]:
    """Return origin and raw public key. Raises `Damaged` for anything but a key of a case."""
    origin, _, rest = vkey.partition("+")
    identifier, _, typed_key = rest.partition("+")
    raw = _decode_base64(typed_key)
    if len(raw) != 33 or raw[:1] != ED25519 or _ORIGIN.fullmatch(origin) is None:
        raise Damaged("vkey", "this is not the public key of a case")
    if identifier != key_id(origin, raw[1:]).hex():
        raise Damaged("vkey", "the key's own id does not fit it")
    return origin, raw[1:]


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of the key in DER: `openssl pkey -pubin -outform DER` gives the same."""
    return hashlib.sha256(_SPKI_PREFIX + public_key).hexdigest()


def encode_pem(public_key: bytes) -> bytes:
    """Return the public key as the file that `openssl` reads (RFC 8410, RFC 7468)."""
    if len(public_key) != 32:
        raise ValueError("an Ed25519 public key has 32 bytes")
    body = base64.b64encode(_SPKI_PREFIX + public_key)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"


# ── The checkpoint ───────────────────────────────────────────────────────────────────────────


def encode_leaves(leaves: Iterable[bytes]) -> bytes:
    """Return the list of leaf hashes: one lower-case hex line for each."""
    return b"".join(map(listed, leaves))


def checkpoint_of(case: str, tree: Tree, size: int | None = None) -> Checkpoint:
    """Return the head of a log after its first `size` records."""
    return Checkpoint(
        origin=origin_of(case),
        size=len(tree) if size is None else size,
        root=tree.root(size),
        leaves_sha256=tree.list_digest(size),
    )


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return the text that is signed."""
    root = base64.b64encode(checkpoint.root).decode("ascii")
    return (
        f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
        f"leaves-sha256 {checkpoint.leaves_sha256}\n"
    ).encode()


def sign_checkpoint(
    checkpoint: Checkpoint, public_key: bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    """Return the signed note. Raises `Damaged` when `sign` holds another key than this one."""
    body = encode_checkpoint(checkpoint)
    signature = sign(body)
    if not is_signed_by(public_key, body, signature):
        raise Damaged("signature", "the signing key is not the key of this case")
    line = base64.b64encode(key_id(checkpoint.origin, public_key) + signature).decode("ascii")
    return body + f"\n\u2014 {checkpoint.origin} {line}\n".encode()


def decode_checkpoint(note: bytes) -> tuple[Checkpoint, bytes]:
    """Return what a note says and the bytes of its one signature line. Nothing is believed yet."""
    body, divider, signature_line = note.partition(b"\n\n")
    try:
        match = _BODY.fullmatch(body.decode("ascii") + "\n")
    except UnicodeDecodeError as error:
        raise Damaged("checkpoint-shape", "this is not a checkpoint") from error
    if match is None or not divider or _ORIGIN.fullmatch(match["origin"]) is None:
        raise Damaged("checkpoint-shape", "this is not a checkpoint")
    root = _decode_base64(match["root"])
    if len(root) != HASH_SIZE:
        raise Damaged("checkpoint-shape", "the root of this checkpoint is not a hash")
    size, leaves_sha256 = int(match["size"]), match["leaves"]
    return Checkpoint(match["origin"], size, root, leaves_sha256), signature_line


def verify_checkpoint(note: bytes, origin: str, public_key: bytes) -> Checkpoint:
    """Return what a note says once its signature is proved to be of this log and this key.

    Exactly one signature is accepted, so that a note has one spelling. Raises `Damaged`.
    """
    checkpoint, signature_line = decode_checkpoint(note)
    if checkpoint.origin != origin:
        raise Damaged("checkpoint-origin", "the checkpoint is of another case")
    prefix = f"\u2014 {origin} ".encode()
    signed = signature_line[len(prefix) : -1]
    raw = _decode_base64(signed.decode("ascii", errors="replace"))
    if signature_line != prefix + signed + b"\n" or len(raw) != 68:
        raise Damaged("checkpoint-signature", "the checkpoint has no signature we can read")
    if raw[:4] != key_id(origin, public_key):
        raise Damaged("checkpoint-signature", "the checkpoint is signed with another key")
    if not is_signed_by(public_key, encode_checkpoint(checkpoint), raw[4:]):
        raise Damaged("checkpoint-signature", "the checkpoint's signature is wrong")
    return checkpoint


def is_signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the Ed25519 signature (RFC 8032) of these bytes was made with this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# ── The proof ────────────────────────────────────────────────────────────────────────────────


def encode_proof(index: int, path: Sequence[bytes], note: bytes) -> bytes:
    """Return the proof of one record as text (c2sp.org/tlog-proof)."""
    hashes = "".join(base64.b64encode(value).decode("ascii") + "\n" for value in path)
    return f"{_PROOF_HEAD}index {index}\n{hashes}\n".encode() + note


def decode_proof(text: bytes) -> InclusionProof:
    """Return what a proof says. Nothing is believed yet. Raises `Damaged` for another form."""
    head, divider, note = text.partition(b"\n\n")
    lines = head.decode("ascii", errors="replace").split("\n")
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[1]) if len(lines) > 1 else None
    if index is None or not divider or lines[0] + "\n" != _PROOF_HEAD:
        raise Damaged("proof-shape", "this is not a proof of a log record")
    path = tuple(_decode_base64(line) for line in lines[2:])
    if any(len(value) != HASH_SIZE for value in path):
        raise Damaged("proof-shape", "a hash in this proof is not 32 bytes long")
    return InclusionProof(int(index[1]), path, note)


def _decode_base64(text: str) -> bytes:
    """Return the bytes of standard base64; empty when `text` is not its one canonical spelling.

    No value here is ever empty, so callers see the difference by the length.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode("ascii") == text else b""
