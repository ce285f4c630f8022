"""Names bytes by their SHA-256 (FIPS 180-4), in the three spellings in use.

Lower-case hex in records and files, base64 in the ``Content-Digest`` header (RFC 9530).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from .errors import Refused

HEX_64 = re.compile(r"[0-9a-f]{64}")
HEX_32 = re.compile(r"[0-9a-f]{32}")
_CONTENT_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_digest(digest: str) -> str:
    """Return the ``Content-Digest`` header value for a hex digest (RFC 9530 §2)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode('ascii')}:"


def decode_content_digest(header: str) -> str:
    """Return the hex digest that a ``Content-Digest`` header names.

    Only one ``sha-256`` value is accepted. Raises `Refused` for any other form.
    """
    match = _CONTENT_DIGEST.fullmatch(header)
    if match is None:
        raise Refused("digest-missing", "Content-Digest must name exactly one sha-256 value")
    try:
        return base64.b64decode(match[1], validate=True).hex()
    except binascii.Error as error:
        raise Refused("digest-missing", "Content-Digest is not base64") from error
