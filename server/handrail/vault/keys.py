"""The keys of a vault and the file that wraps them (DESIGN D6).

    vault key      32 random bytes, never on disk in the clear; everything below comes from it
      index key    HKDF: opens index.db
      case keys    HKDF per case: Ed25519, sign checkpoints and packages
    identity       an age identity, sealed under the vault key; opens every envelope
    recipient      its public half; the browser seals to it

`vault.json` is public and holds the recipient, the sealed identity and `wraps[]` (`wraps.py`). A
new vault has one open wrap, so that a frightened person can save first. Choosing protection makes
two wraps, passphrase and words, and removes the open one in the same durable step.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .. import system
from ..core import canonical
from ..core.envelope import Hex32
from ..core.errors import Damaged, Refused
from . import wraps
from .wraps import FORMAT, OPEN_KEY_FILE, OpenWrap, SealedBytes, Wrap

VAULT_FILE = "vault.json"


class VaultFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `vault.json` says. Nothing in it is secret."""

    format: Literal["handrail-vault-1"]
    vault: Hex32
    recipient: Annotated[str, msgspec.Meta(pattern="^age1[0-9a-z]{58}$")]
    identity: SealedBytes
    wraps: Annotated[tuple[Wrap, ...], msgspec.Meta(min_length=1, max_length=16)]

    @property
    def open_wrap(self) -> OpenWrap | None:
        """The wrap that needs nothing but this login, if there is one."""
        return next((wrap for wrap in self.wraps if isinstance(wrap, OpenWrap)), None)


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


# ── The vault file ───────────────────────────────────────────────────────────────────────────


def exists(folder: Path) -> bool:
    """Tell whether there is a vault in this folder."""
    return (folder / VAULT_FILE).exists()


def create(folder: Path) -> None:
    """Make a vault with one open wrap. The key file is durable before the file that needs it."""
    identity = pyrage.x25519.Identity.generate()
    vault = secrets.token_hex(16)
    vault_key, open_key = secrets.token_bytes(32), secrets.token_bytes(32)
    system.write_durably(folder / OPEN_KEY_FILE, open_key)
    _write(
        folder,
        VaultFile(
            format=FORMAT,
            vault=vault,
            recipient=str(identity.to_public()),
            identity=wraps.seal(vault_key, str(identity).encode("ascii"), vault, "identity"),
            wraps=(wraps.wrap_open(vault, vault_key, open_key),),
        ),
    )


def read(folder: Path) -> VaultFile:
    """Return what the vault file says. Raises `Damaged` when it is not a vault file."""
    try:
        return msgspec.json.decode((folder / VAULT_FILE).read_bytes(), type=VaultFile)
    except (OSError, msgspec.DecodeError) as error:
        raise Damaged("vault-file", "vault.json cannot be read") from error


def is_protected(folder: Path) -> bool:
    """Tell whether opening the vault needs something that the person knows."""
    return read(folder).open_wrap is None


def _write(folder: Path, described: VaultFile) -> None:
    system.write_durably(folder / VAULT_FILE, canonical.encode(described) + b"\n")


# ── Opening and protecting ───────────────────────────────────────────────────────────────────


def unlock_open(folder: Path) -> VaultKeys:
    """Return the keys by the open wrap.

    Raises `Refused` with `vault-locked` when there is none, `Damaged` when the key file and the
    wrap do not fit.
    """
    described = read(folder)
    wrap = described.open_wrap
    if wrap is None:
        _remove_open_key(folder)  # a crash may have left it behind; it opens nothing any more
        raise Refused("vault-locked", "the vault is locked", status=423)
    try:
        open_key = (folder / wrap.file).read_bytes()
    except OSError as error:
        raise Damaged("vault-key-file", "the key file of this vault cannot be read") from error
    return keys_of(described, wraps.open_with_key(described.vault, wrap, open_key))


def unlock(folder: Path, secret: str) -> VaultKeys:
    """Return the keys by a passphrase or the recovery words. Raises `Refused` when it is wrong.

    Takes a third of a second and 64 MiB on purpose (Argon2id).
    """
    described = read(folder)
    return keys_of(described, wraps.open_with_secret(described.vault, described.wraps, secret))


def keys_of(described: VaultFile, vault_key: bytes) -> VaultKeys:
    """Return the keys that come from a vault key. Raises `Damaged` when it is another vault's."""
    identity = wraps.unseal(vault_key, described.identity, described.vault, "identity")
    return VaultKeys(
        vault=described.vault,
        recipient=described.recipient,
        identity=pyrage.x25519.Identity.from_str(identity.decode("ascii")),
        vault_key=vault_key,
    )


def protect(folder: Path, vault_key: bytes, passphrase: str) -> str:
    """Put the vault under a passphrase and twelve words, and return the words.

    From the moment that vault.json is durable the open wrap is gone; the key file it needed is
    overwritten and removed after that. Words that were given out before are void.
    """
    described = read(folder)
    words = wraps.new_words()
    _write(
        folder,
        msgspec.structs.replace(
            described,
            wraps=(
                wraps.wrap_passphrase(described.vault, vault_key, passphrase),
                wraps.wrap_words(described.vault, vault_key, words),
            ),
        ),
    )
    _remove_open_key(folder)
    return words


def _remove_open_key(folder: Path) -> None:
    system.overwrite_and_remove(folder / OPEN_KEY_FILE)
