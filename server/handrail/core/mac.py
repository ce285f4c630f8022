"""The message authentication codes between the paired browser and the service (DESIGN D7).

HMAC-SHA256 (RFC 2104) over short text lines. A request names method, path, idempotency key and the
digest of its body, so a replay is only a duplicate. `extension/core/mac.js` builds the same lines.
"""

from __future__ import annotations

import hmac


def _mac(key: bytes, *lines: str) -> str:
    return hmac.new(key, "\n".join(lines).encode("utf-8"), "sha256").hexdigest()


def request_mac(key: bytes, method: str, path: str, idempotency_key: str, sha256: str) -> str:
    """Return the code that a request carries in its Authorization header."""
    return _mac(key, "handrail request v1", method, path, idempotency_key, sha256)


def receipt_mac(key: bytes, status: str, idempotency_key: str, sha256: str, at: str) -> str:
    """Return the code that proves a receipt came from the service this browser is paired with."""
    return _mac(key, "handrail receipt v1", status, idempotency_key, sha256, at)


def paired_mac(key: bytes, pairing: str) -> str:
    """Return the code that ends a pairing: the service knows the same key."""
    return _mac(key, "handrail paired v1", pairing)


def start_mac(code: bytes, transcript_digest: bytes) -> str:
    """Return the proof that a browser was started with a one-time code."""
    return hmac.new(code, b"handrail start v1\n" + transcript_digest, "sha256").hexdigest()


def equal(one: str, other: str) -> bool:
    """Compare two codes in constant time."""
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))
