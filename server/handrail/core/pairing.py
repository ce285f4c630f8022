"""The arithmetic of pairing: same six digits on both sides, one shared key (DESIGN D7).

The browser commits to its P-256 key first, so a program in the middle has one try in a million.
Keys and exchange are `cryptography`'s; here is only what both sides must compute alike.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidKey, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import Refused


def commitment(browser_point: bytes, browser_nonce: bytes) -> str:
    """Return what the browser sends first: SHA-256 over its point and its nonce."""
    return hashlib.sha256(browser_point + browser_nonce).hexdigest()


def transcript(
    browser_point: bytes,
    browser_nonce: bytes,
    service_point: bytes,
    service_nonce: bytes,
    recipient: str,
) -> bytes:
    """Return SHA-256 over everything the two sides told each other, the vault's recipient too."""
    return hashlib.sha256(
        b"handrail pair v1\n"
        + browser_point
        + browser_nonce
        + service_point
        + service_nonce
        + recipient.encode("ascii")
    ).digest()


def digits(transcript_digest: bytes) -> str:
    """Return the six digits that both sides show, with a space in the middle."""
    number = int.from_bytes(transcript_digest[:8], "big") % 1_000_000
    text = f"{number:06d}"
    return f"{text[:3]} {text[3:]}"


def shared_key(
    private: ec.EllipticCurvePrivateKey,
    their_point: bytes,
    browser_nonce: bytes,
    service_nonce: bytes,
) -> bytes:
    """Return the pairing key: HKDF-SHA256 (RFC 5869) over the ECDH secret.

    Raises `Refused` when the other side's point is not on the curve.
    """
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), their_point)
        secret = private.exchange(ec.ECDH(), public)
    except (ValueError, InvalidKey, UnsupportedAlgorithm) as error:
        raise Refused("pairing-key", "the browser's key is not a P-256 point") from error
    return HKDF(
        algorithm=hashes.SHA256(),
        length=32,
        salt=browser_nonce + service_nonce,
        info=b"handrail pairing key v1",
    ).derive(secret)
