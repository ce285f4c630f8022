"""A browser's side of the API in Python, for tests that need no browser: pairs, seals, hands in.

It computes everything anew from the words of ARCHITECTURE.md with the standard library and
`cryptography`, so that it can disagree with the service.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import secrets
from dataclasses import dataclass
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.builders import Sealed

ORIGIN = "chrome-extension://" + "abcdefghijklmnop" * 2


def mac(key: bytes, *lines: str) -> str:
    return hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


@dataclass
class Pairing:
    """A pairing that was revealed: what both sides can compute now."""

    browser: str
    key: bytes
    recipient: str
    digits: str
    status: str


@dataclass
class Peer:
    """A browser that speaks to the service at `http://127.0.0.1:port`."""

    session: aiohttp.ClientSession
    port: int
    origin: str = ORIGIN
    browser: str = ""
    key: bytes = b""
    recipient: str = ""

    async def post(
        self, path: str, body: bytes, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """POST as the extension does; return status and JSON."""
        sent = {"Origin": self.origin, "Content-Type": "application/json", **(headers or {})}
        async with self.session.post(
            f"http://127.0.0.1:{self.port}{path}", data=io.BytesIO(body), headers=sent
        ) as response:
            return response.status, await response.json()

    async def ask_pairing(self, code: bytes | None = None) -> Pairing:
        """Start and reveal; with a start code, prove it."""
        private = ec.generate_private_key(ec.SECP256R1())
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        nonce = secrets.token_bytes(16)
        commit = hashlib.sha256(point + nonce).hexdigest()
        status, given = await self.post("/api/pair/start", json.dumps({"commit": commit}).encode())
        assert status == 200, given
        theirs, their_nonce = bytes.fromhex(given["key"]), bytes.fromhex(given["nonce"])
        transcript = hashlib.sha256(
            b"handrail pair v1\n"
            + point + nonce + theirs + their_nonce
            + given["recipient"].encode()
        ).digest()  # fmt: skip
        secret = private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        )
        key = HKDF(
            algorithm=hashes.SHA256(),
            length=32,
            salt=nonce + their_nonce,
            info=b"handrail pairing key v1",
        ).derive(secret)
        proof = (
            hmac.new(code, b"handrail start v1\n" + transcript, hashlib.sha256).hexdigest()
            if code
            else None
        )
        status, told = await self.post(
            "/api/pair/reveal",
            json.dumps(
                {
                    "pairing": given["pairing"],
                    "key": point.hex(),
                    "nonce": nonce.hex(),
                    "proof": proof,
                }
            ).encode(),
        )
        number = int.from_bytes(transcript[:8], "big") % 10**6
        digits = f"{number:06d}"
        return Pairing(
            given["pairing"],
            key,
            given["recipient"],
            f"{digits[:3]} {digits[3:]}",
            told["status"] if status == 200 else told["error"]["code"],
        )

    async def finish(self, pairing: Pairing) -> str:
        """Ask how the pairing stands; check the service's proof when it was accepted."""
        _, told = await self.post(
            "/api/pair/finish", json.dumps({"pairing": pairing.browser}).encode()
        )
        if told.get("status") == "accepted":
            assert told["mac"] == mac(pairing.key, "handrail paired v1", pairing.browser)
            self.browser, self.key, self.recipient = (
                pairing.browser, pairing.key, pairing.recipient
            )  # fmt: skip
        return str(told.get("status") or told["error"]["code"])

    async def pair(self, code: bytes) -> Peer:
        """Pair by a start code and return self."""
        pairing = await self.ask_pairing(code)
        assert pairing.status == "accepted", pairing
        assert await self.finish(pairing) == "accepted"
        return self

    def headers(self, path: str, key: str, sha256: str, content_type: str) -> dict[str, str]:
        """The headers of a request that carries our MAC."""
        code = mac(self.key, "handrail request v1", "POST", path, key, sha256)
        return {
            "Authorization": f"Handrail {self.browser}:{code}",
            "Idempotency-Key": key,
            "Content-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
            "Content-Type": content_type,
        }

    async def hand_in(self, envelope: Sealed, **changed: str) -> tuple[int, Any]:
        """Hand in an envelope; `changed` replaces headers (with _ for -)."""
        headers = self.headers(
            "/api/envelopes", envelope.key, envelope.sha256, "application/octet-stream"
        )
        headers.update({name.replace("_", "-"): value for name, value in changed.items()})
        return await self.post("/api/envelopes", envelope.data, headers)

    def is_receipt(self, envelope: Sealed, receipt: dict[str, str]) -> bool:
        """Tell whether a receipt is the service's for this envelope."""
        expected = mac(
            self.key, "handrail receipt v1", receipt["status"], envelope.key, envelope.sha256,
            receipt["received_at"],
        )  # fmt: skip
        return (
            receipt["mac"] == expected
            and receipt["key"] == envelope.key
            and receipt["sha256"] == envelope.sha256
        )

    async def ask(self, path: str, body: dict[str, Any], key: str | None = None) -> tuple[int, Any]:
        """Ask for status or a ticket."""
        data = json.dumps(body).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        return await self.post(
            path, data, self.headers(path, key or secrets.token_hex(16), sha256, "application/json")
        )
