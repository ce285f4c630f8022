"""The keys of a vault and the file that wraps them (DESIGN D6).

    vault key      32 random bytes, never on disk in the clear; everything below comes from it
      index key    HKDF: opens index.db
      case keys    HKDF per case: Ed25519, sign checkpoints and packages
    identity       an age identity, sealed under the vault key; opens every envelope
    recipient      its public half; the browser seals to it

`vault.json` is public and holds the recipient, the sealed identity and `wraps[]`: each wrap holds
the vault key sealed under something the person has. Now there is one kind, `open`: a random key in
a file beside it that only this login can read. Passphrase, words and keyring are further kinds.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pyrage
import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .. import system
from ..core.envelope import Hex32
from ..core.errors import Damaged

FORMAT: Literal["handrail-vault-1"] = "handrail-vault-1"
VAULT_FILE = "vault.json"
OPEN_KEY_FILE: Literal["open.key"] = "open.key"


class SealedBytes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes under ChaCha20-Poly1305 (RFC 8439), both parts in base64."""

    nonce: str
    ciphertext: str


class OpenWrap(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="type",
    tag="open",
):
    """The vault key sealed under the key in a file that only this login can read."""

    file: Literal["open.key"]
    sealed: SealedBytes


class VaultFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `vault.json` says. Nothing in it is secret."""

    format: Literal["handrail-vault-1"]
    vault: Hex32
    recipient: Annotated[str, msgspec.Meta(pattern="^age1[0-9a-z]{58}$")]
    identity: SealedBytes
    wraps: Annotated[tuple[OpenWrap, ...], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True, repr=False)
class VaultKeys:
    """The opened keys. Only the process that holds the vault has one."""

    vault: str
    recipient: str
    identity: pyrage.x25519.Identity
    vault_key: bytes

    def index_key(self) -> bytes:
        """Return the raw 32-byte key of index.db."""
        return derive(self.vault_key, "handrail index v1")

    def case_key(self, case: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key that signs the checkpoints and packages of one case."""
        return Ed25519PrivateKey.from_private_bytes(
            derive(self.vault_key, f"handrail case key v1 {case}")
        )

    def open(self, envelope: bytes) -> bytes:
        """Return the plaintext of an age file. Raises `Damaged` when it does not open."""
        try:
            return bytes(pyrage.decrypt(envelope, [self.identity]))
        except (pyrage.DecryptError, ValueError) as error:
            raise Damaged("envelope-not-opened", "the envelope does not open") from error

    def seal(self, plaintext: bytes) -> bytes:
        """Return an age file that only this vault opens."""
        recipient = pyrage.x25519.Recipient.from_str(self.recipient)
        return bytes(pyrage.encrypt(plaintext, [recipient]))


def derive(key: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose: HKDF-SHA256 (RFC 5869)."""
    return HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode("utf-8")
    ).derive(key)


def exists(folder: Path) -> bool:
    """Tell whether there is a vault in this folder."""
    return (folder / VAULT_FILE).exists()


def create(folder: Path) -> None:
    """Make a vault with one open wrap. The key file is durable before the file that needs it."""
    identity = pyrage.x25519.Identity.generate()
    vault = secrets.token_hex(16)
    recipient = str(identity.to_public())
    vault_key, open_key = secrets.token_bytes(32), secrets.token_bytes(32)
    described = VaultFile(
        format=FORMAT,
        vault=vault,
        recipient=recipient,
        identity=_seal(vault_key, str(identity).encode("ascii"), vault, "identity"),
        wraps=(
            OpenWrap(file=OPEN_KEY_FILE, sealed=_seal(open_key, vault_key, vault, "wrap open")),
        ),
    )
    system.write_durably(folder / OPEN_KEY_FILE, open_key)
    system.write_durably(folder / VAULT_FILE, rfc8785.dumps(msgspec.to_builtins(described)) + b"\n")


def read(folder: Path) -> VaultFile:
    """Return what the vault file says. Raises `Damaged` when it is not a vault file."""
    try:
        return msgspec.json.decode((folder / VAULT_FILE).read_bytes(), type=VaultFile)
    except (OSError, msgspec.DecodeError) as error:
        raise Damaged("vault-file", "vault.json cannot be read") from error


def unlock_open(folder: Path) -> VaultKeys:
    """Return the keys by the open wrap. Raises `Damaged` when key file and wrap do not fit."""
    described = read(folder)
    wrap = described.wraps[0]
    try:
        open_key = (folder / wrap.file).read_bytes()
    except OSError as error:
        raise Damaged("vault-key-file", "the key file of this vault cannot be read") from error
    vault_key = _open(open_key, wrap.sealed, described.vault, "wrap open")
    identity = _open(vault_key, described.identity, described.vault, "identity")
    return VaultKeys(
        vault=described.vault,
        recipient=described.recipient,
        identity=pyrage.x25519.Identity.from_str(identity.decode("ascii")),
        vault_key=vault_key,
    )


def _bound_to(vault: str, purpose: str) -> bytes:
    return f"{FORMAT}\n{vault}\n{purpose}".encode("ascii")


def _seal(key: bytes, plaintext: bytes, vault: str, purpose: str) -> SealedBytes:
    nonce = secrets.token_bytes(12)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, plaintext, _bound_to(vault, purpose))
    return SealedBytes(
        nonce=base64.b64encode(nonce).decode("ascii"),
        ciphertext=base64.b64encode(sealed).decode("ascii"),
    )


def _open(key: bytes, sealed: SealedBytes, vault: str, purpose: str) -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(
            base64.b64decode(sealed.nonce, validate=True),
            base64.b64decode(sealed.ciphertext, validate=True),
            _bound_to(vault, purpose),
        )
    except (InvalidTag, ValueError) as error:
        raise Damaged("vault-key-wrong", "the key does not open this vault") from error
