"""What a paired browser may do: hand in an envelope, ask for its status, ask for a way in.

It may append; it may never list, read, change or delete. Every request proves the pairing key by a
MAC over method, path, idempotency key and digest (`core/mac.py`). The four pairing steps carry no
MAC: they make the key.
"""

from __future__ import annotations

import asyncio
import re
from typing import TypeVar

import msgspec
from aiohttp import web

from ..core import mac
from ..core.digest import HEX_32, decode_content_digest, sha256_hex
from ..core.errors import Refused
from ..core.messages import (
    PairAccepted,
    PairFinish,
    PairRefused,
    PairReveal,
    PairRevealed,
    PairStart,
    PairStarted,
    PairWaiting,
    Receipt,
    Status,
    Ticket,
    TicketRequest,
)
from ..core.records import Record
from ..vault.inbox import MAX_ENVELOPE, Incoming
from . import keys
from .pairing import Browser

MAX_JSON = 16 * 1024
CHUNK_SECONDS = 10.0
BASE_SECONDS = 30.0

_AUTHORIZATION = re.compile(r"Handrail ([0-9a-f]{32}):([0-9a-f]{64})")


T = TypeVar("T")


# ── Envelopes ────────────────────────────────────────────────────────────────────────────────


async def receive_envelope(request: web.Request) -> web.Response:
    """Take in one sealed envelope and answer with a receipt.

    1. The browser is paired and its MAC covers the digest it names.
    2. The length is said and allowed; there is room.
    3. The bytes arrive in time, as many as said, with the digest named.
    4. They are durable. Only then is the receipt given.
    """
    # 1
    key = request.headers.get("Idempotency-Key", "")
    sha256 = decode_content_digest(request.headers.get("Content-Digest", ""))
    browser = verify_request(request, key, sha256)
    # 2
    length = announced_length(request, MAX_ENVELOPE)
    incoming = request.app[keys.INBOX].begin(key, length)
    try:
        # 3
        async with request.app[keys.UPLOADS]:
            await _read_into(incoming, request, length)
    except BaseException:
        incoming.abandon()
        raise
    # 4  (a caller that goes away meanwhile must not stop it half way)
    now = request.app[keys.NOW]()
    received = await asyncio.shield(asyncio.to_thread(incoming.finish, sha256, now))
    if keys.DRAIN in request.app:
        request.app[keys.DRAIN].wake()
    code = mac.receipt_mac(
        bytes.fromhex(browser.key), received.status, key, sha256, received.received_at
    )
    return answer(
        Receipt(
            status=received.status,
            key=key,
            sha256=sha256,
            received_at=received.received_at,
            mac=code,
        )
    )


async def _read_into(incoming: Incoming, request: web.Request, length: int) -> None:
    try:
        async with asyncio.timeout(BASE_SECONDS + length / 1_000_000):
            while True:
                async with asyncio.timeout(CHUNK_SECONDS):
                    chunk = await request.content.readany()
                if not chunk:
                    return
                incoming.write(chunk)
    except TimeoutError as error:
        raise Refused("too-slow", "the body took too long to arrive", status=408) from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Refused("body-too-short", "the body ended before its length") from error


# ── Status and the way in ────────────────────────────────────────────────────────────────────


async def status(request: web.Request) -> web.Response:
    """Say whether the vault is open, how much waits, and give a nonce for a ticket."""
    if await read_verified(request) != b"{}":
        raise Refused("json-shape", "the body is not the JSON expected here")
    waiting = await asyncio.to_thread(request.app[keys.INBOX].count_waiting)
    nonce = request.app[keys.SESSIONS].new_nonce()
    locked = keys.VAULT not in request.app
    return answer(Status(locked=locked, waiting=waiting, nonce=nonce))


async def ticket(request: web.Request) -> web.Response:
    """Give the address that opens the pages, for a nonce that was not used yet."""
    body = await read_verified(request)
    request.app[keys.SESSIONS].use_nonce(request.headers["Idempotency-Key"])
    wanted = decode_json(body, TicketRequest)
    return answer(Ticket(address=way_in(request.app, wanted.to)))


def way_in(app: web.Application, to: str = "/") -> str:
    """Return the address that opens a page of the dashboard once."""
    origin = app[keys.HOSTS].pages_origin
    return f"{origin}/enter#{app[keys.SESSIONS].new_ticket()}{'' if to == '/' else '~' + to}"


# ── Pairing ──────────────────────────────────────────────────────────────────────────────────


async def pair_start(request: web.Request) -> web.Response:
    """Take the browser's commitment; give the service's key, nonce and the vault's recipient."""
    asked = decode_json(await read_small(request), PairStart)
    pairings = request.app[keys.PAIRINGS]
    pending = pairings.start(request.headers["Origin"], asked)
    return answer(
        PairStarted(
            pairing=pending.pairing,
            key=pending.point.hex(),
            nonce=pending.nonce.hex(),
            recipient=pairings.recipient,
        )
    )


async def pair_reveal(request: web.Request) -> web.Response:
    """Take the browser's key; from here both sides know the six digits."""
    asked = decode_json(await read_small(request), PairReveal)
    pending = request.app[keys.PAIRINGS].reveal(request.headers["Origin"], asked)
    return answer(PairRevealed(status="accepted" if pending.state == "accepted" else "asked"))


async def pair_finish(request: web.Request) -> web.Response:
    """Say how the pairing stands; with an accepted one, prove that the service has the key."""
    asked = decode_json(await read_small(request), PairFinish)
    pending = request.app[keys.PAIRINGS].finish(request.headers["Origin"], asked)
    if pending.state == "accepted":
        return answer(PairAccepted(mac=mac.paired_mac(pending.key, pending.pairing)))
    return answer(PairRefused() if pending.state == "refused" else PairWaiting())


# ── Reading and checking ─────────────────────────────────────────────────────────────────────


def answer(record: Record) -> web.Response:
    """Return a record as JSON."""
    return web.Response(body=msgspec.json.encode(record), content_type="application/json")


def announced_length(request: web.Request, most: int) -> int:
    """Return the Content-Length. Raises `Refused` when there is none or it is too large."""
    length = request.content_length
    if length is None:
        raise Refused("length-required", "say the length of the body", status=411)
    if length > most:
        raise Refused("too-large", "the body is larger than allowed", status=413)
    return length


async def read_small(request: web.Request) -> bytes:
    """Return a small body. Raises `Refused` when it is too large or too slow."""
    length = announced_length(request, MAX_JSON)
    try:
        async with asyncio.timeout(CHUNK_SECONDS):
            return await request.content.readexactly(length)
    except TimeoutError as error:
        raise Refused("too-slow", "the body took too long to arrive", status=408) from error
    except (asyncio.IncompleteReadError, web.RequestPayloadError, ConnectionError) as error:
        raise Refused("body-too-short", "the body ended before its length") from error


async def read_verified(request: web.Request) -> bytes:
    """Return a small body whose digest and MAC verify."""
    body = await read_small(request)
    sha256 = decode_content_digest(request.headers.get("Content-Digest", ""))
    verify_request(request, request.headers.get("Idempotency-Key", ""), sha256)
    if sha256_hex(body) != sha256:
        raise Refused("digest-mismatch", "the body's SHA-256 is not the one named", status=422)
    return body


def verify_request(request: web.Request, key: str, sha256: str) -> Browser:
    """Return the paired browser that sent this request.

    1. The idempotency key has its form.
    2. The browser named is paired, with this very Origin.
    3. The MAC over method, path, idempotency key and digest is right.

    The body's digest is still to be compared by the caller. Raises `Refused` (401) otherwise.
    """
    # 1
    if not HEX_32.fullmatch(key):
        raise Refused("key-shape", "an idempotency key is 32 lower-case hex digits")
    # 2
    match = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    browser = request.app[keys.PAIRINGS].browsers.get(match[1]) if match else None
    if match is None or browser is None or browser.origin != request.headers.get("Origin"):
        raise Refused("not-paired", "this browser is not connected", status=401)
    # 3
    expected = mac.request_mac(
        bytes.fromhex(browser.key), request.method, request.raw_path, key, sha256
    )
    if not mac.equal(expected, match[2]):
        raise Refused("not-paired", "this browser is not connected", status=401)
    return browser


def decode_json(body: bytes, kind: type[T]) -> T:
    """Return a record from JSON. Raises `Refused` for another shape or an unknown field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("json-shape", "the body is not the JSON expected here") from error
