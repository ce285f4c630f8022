"""The wraps of a vault key: each seals it under something the person has (DESIGN D6).

    open         a random key in a file beside the vault: whoever can use this login opens it
    passphrase   Argon2id (RFC 9106) over a passphrase
    words        twelve words that hold 128 random bits and a checksum (the BIP-39 list)

Sealing is ChaCha20-Poly1305 (RFC 8439), bound to the vault and to the kind of wrap. Which wraps a
vault has, and when, is `keys`' business.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from typing import Annotated, Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from mnemonic import Mnemonic

from ..core.errors import Damaged, Refused

FORMAT: Literal["handrail-vault-1"] = "handrail-vault-1"
OPEN_KEY_FILE: Literal["open.key"] = "open.key"

MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4
"""Argon2id parameters, RFC 9106 §4, second choice: 64 MiB, three passes, four lanes."""

SHORTEST = 8
"""The fewest characters a passphrase may have."""

WORDS = 12
_WORD_BITS = 128


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what vault.json holds."""


class SealedBytes(_Strict, frozen=True, kw_only=True):
    """Bytes under ChaCha20-Poly1305, nonce and ciphertext in base64."""

    nonce: Annotated[str, msgspec.Meta(max_length=16)]
    ciphertext: Annotated[str, msgspec.Meta(max_length=4096)]


class OpenWrap(_Strict, frozen=True, kw_only=True, tag_field="type", tag="open"):
    """The vault key under the key in a file that only this login can read."""

    file: Literal["open.key"]
    sealed: SealedBytes


class PassphraseWrap(_Strict, frozen=True, kw_only=True, tag_field="type", tag="passphrase"):
    """The vault key under a passphrase. Weak or absurd parameters are refused when it is read."""

    salt: Annotated[str, msgspec.Meta(min_length=24, max_length=88)]
    memory_kib: Annotated[int, msgspec.Meta(ge=19 * 1024, le=1024 * 1024)]
    passes: Annotated[int, msgspec.Meta(ge=2, le=10)]
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)]
    sealed: SealedBytes


class WordsWrap(_Strict, frozen=True, kw_only=True, tag_field="type", tag="words"):
    """The vault key under the recovery words."""

    sealed: SealedBytes


Wrap = OpenWrap | PassphraseWrap | WordsWrap


# ── Making ───────────────────────────────────────────────────────────────────────────────────


def wrap_open(vault: str, vault_key: bytes, open_key: bytes) -> OpenWrap:
    """Return the wrap under a key that will lie in a file."""
    return OpenWrap(file=OPEN_KEY_FILE, sealed=seal(open_key, vault_key, vault, "wrap open"))


def wrap_passphrase(vault: str, vault_key: bytes, passphrase: str) -> PassphraseWrap:
    """Return the wrap under a passphrase. Raises `Refused` when it is too short."""
    if len(passphrase.strip()) < SHORTEST:
        raise Refused("passphrase-short", "a passphrase has at least eight characters")
    salt = secrets.token_bytes(16)
    key = _passphrase_key(passphrase, salt, MEMORY_KIB, PASSES, LANES)
    return PassphraseWrap(
        salt=base64.b64encode(salt).decode("ascii"),
        memory_kib=MEMORY_KIB,
        passes=PASSES,
        lanes=LANES,
        sealed=seal(key, vault_key, vault, "wrap passphrase"),
    )


def new_words() -> str:
    """Return twelve recovery words, one space between them."""
    return Mnemonic("english").generate(_WORD_BITS)


def wrap_words(vault: str, vault_key: bytes, words: str) -> WordsWrap:
    """Return the wrap under the recovery words."""
    return WordsWrap(sealed=seal(_words_key(words), vault_key, vault, "wrap words"))


# ── Opening ──────────────────────────────────────────────────────────────────────────────────


def open_with_key(vault: str, wrap: OpenWrap, open_key: bytes) -> bytes:
    """Return the vault key. Raises `Damaged` when the key file is another vault's."""
    return unseal(open_key, wrap.sealed, vault, "wrap open")


def open_with_secret(vault: str, wraps: tuple[Wrap, ...], secret: str) -> bytes:
    """Return the vault key by a passphrase or by the recovery words, whichever this is.

    Raises `Refused`: `words-mistyped` when it looks like twelve words but a word is wrong, else
    `secret-wrong`.
    """
    looks_like_words = len(secret.split()) == WORDS
    for wrap in wraps:
        try:
            match wrap:
                case WordsWrap() if looks_like_words:
                    return unseal(_words_key(secret), wrap.sealed, vault, "wrap words")
                case PassphraseWrap():
                    key = _passphrase_key(
                        secret, _decode(wrap.salt), wrap.memory_kib, wrap.passes, wrap.lanes
                    )
                    return unseal(key, wrap.sealed, vault, "wrap passphrase")
                case _:
                    pass
        except (Damaged, _Mistyped):
            continue
    if looks_like_words and not _is_well_typed(secret):
        raise Refused("words-mistyped", "one of these words is not right", status=403)
    raise Refused("secret-wrong", "this does not open the vault", status=403)


class _Mistyped(Exception):
    """Twelve words whose checksum does not fit."""


def _is_well_typed(words: str) -> bool:
    return bool(Mnemonic("english").check(_tidy(words)))


def _tidy(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).lower().split())


def _words_key(words: str) -> bytes:
    if not _is_well_typed(words):
        raise _Mistyped
    entropy = bytes(Mnemonic("english").to_entropy(_tidy(words)))
    return HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"handrail recovery words v1"
    ).derive(entropy)


def _passphrase_key(
    passphrase: str, salt: bytes, memory_kib: int, passes: int, lanes: int
) -> bytes:
    return hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
        salt,
        time_cost=passes,
        memory_cost=memory_kib,
        parallelism=lanes,
        hash_len=32,
        type=Type.ID,
    )


# ── Sealing ──────────────────────────────────────────────────────────────────────────────────


def seal(key: bytes, plaintext: bytes, vault: str, purpose: str) -> SealedBytes:
    """Return the bytes sealed under a key, bound to a vault and a purpose."""
    nonce = secrets.token_bytes(12)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, plaintext, _bound_to(vault, purpose))
    return SealedBytes(
        nonce=base64.b64encode(nonce).decode("ascii"),
        ciphertext=base64.b64encode(sealed).decode("ascii"),
    )


def unseal(key: bytes, sealed: SealedBytes, vault: str, purpose: str) -> bytes:
    """Return the bytes. Raises `Damaged` when key, vault or purpose is another."""
    try:
        return ChaCha20Poly1305(key).decrypt(
            _decode(sealed.nonce), _decode(sealed.ciphertext), _bound_to(vault, purpose)
        )
    except (InvalidTag, ValueError) as error:
        raise Damaged("vault-key-wrong", "the key does not open this vault") from error


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Damaged("vault-file", "vault.json cannot be read") from error


def _bound_to(vault: str, purpose: str) -> bytes:
    return f"{FORMAT}\n{vault}\n{purpose}".encode("ascii")
