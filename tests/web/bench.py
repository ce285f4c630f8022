"""A bench for bad input: a running service, what is stored in it, and ways to send it anything."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from markupsafe import escape

from handrail.core.digest import sha256_hex
from handrail.web import keys
from tests.builders import an_envelope
from tests.peer import Peer
from tests.web.conftest import Service

Answer = tuple[int, str] | None
"""A status and a code; None when the connection was cut without a byte."""

OTHER = "ab" * 16
"""An id of the right form that nothing has."""


@dataclass
class Bench:
    """A running service, a folder, and what was stored when the row began."""

    service: Service
    folder: Path
    watched: Path
    before: dict[str, str] = field(default_factory=dict)
    words: str = ""
    """What a person was shown or told."""

    def begin(self, watched: Path | None = None) -> None:
        """From here on nothing may change in the folder of the service, or in another one."""
        self.watched = watched or self.watched
        self.before = self.stored()

    def stored(self) -> dict[str, str]:
        """Every file with its digest.

        A lock that is held for a moment is nothing stored. Tries are counted on purpose: guessing
        is slowed down.
        """
        return {
            str(path.relative_to(self.watched)): sha256_hex(path.read_bytes())
            for path in self.watched.rglob("*")
            if path.is_file() and path.name not in ("attempts.json", "handrail.lock")
        }

    # What a row sends.

    async def paired(self) -> Peer:
        peer = await self.service.paired()
        self.begin()
        return peer

    async def hand_in(self, **changed: str) -> Answer:
        """An envelope with other headers than it should have."""
        peer = await self.paired()
        return told(await peer.hand_in(an_envelope(peer.recipient), **changed))

    async def asked(self, path: str, body: bytes, key: str = OTHER) -> Answer:
        """A signed question with any body."""
        peer = await self.paired()
        if key == "nonce":
            key = (await peer.ask("/api/status", {}))[1]["nonce"]
        headers = peer.headers(path, key, sha256_hex(body), "application/json")
        return told(await peer.post(path, body, headers))

    async def pairing(self, path: str, body: bytes) -> Answer:
        """A question of pairing with any body, while pairing is open."""
        self.service.app[keys.PAIRINGS].open_window()
        return told(await self.service.new_peer().post(path, body))

    async def head(
        self, line: str, body: bytes = b"", *, end: bool = False, **lines: str
    ) -> Answer:
        """A request as bytes, good in every line but those that are named."""
        peer = await self.paired()
        envelope = an_envelope(peer.recipient)
        headers = {
            "Host": self.service.hosts.api,
            "Origin": peer.origin,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **peer.headers(
                "/api/envelopes", envelope.key, envelope.sha256, "application/octet-stream"
            ),
            **{name.replace("_", "-"): value for name, value in lines.items()},
        }
        reader, writer = await asyncio.open_connection("127.0.0.1", self.service.port)
        sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        writer.write(f"{line} HTTP/1.1\r\n{sent}\r\n".encode() + body)
        try:
            await writer.drain()
            if end:
                writer.write_eof()
            answer = await asyncio.wait_for(reader.read(), 20)
        except ConnectionError:
            answer = b""
        finally:
            writer.close()
        if not answer:
            return None
        status, _, rest = answer.partition(b"\r\n")
        body = rest.partition(b"\r\n\r\n")[2]
        if not body.startswith(b"{"):  # the reader of HTTP itself has refused it
            return int(status.split()[1]), ""
        return told((int(status.split()[1]), json.loads(body)))

    async def page(self, path: str) -> Answer:
        """A page that a person opens."""
        return await self.shown(await self.service.get(path))

    async def form(self, path: str, **fields: str) -> Answer:
        """A form that a person sends."""
        return await self.shown(await self.service.submit(path, **fields))

    async def shown(self, response: ClientResponse) -> Answer:
        """What a page says: the one sentence of the catalogue that is in it."""
        self.words = await response.text()
        return response.status, self.code_shown()

    def code_shown(self) -> str:
        catalogue = self.service.app[keys.CATALOGUE]
        codes = [
            key.removeprefix("error.")
            for key in sorted(catalogue.keys())
            if key.startswith("error.") and str(escape(catalogue.t(key))) in self.words
        ]
        return min(codes, key=lambda code: f'"fixed">{code}<' not in self.words, default="")

    # Commands.

    async def command(self, *arguments: str) -> Answer:
        """Run `handrail`; return its exit status and the code that it says."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "handrail", *arguments],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        if "--json" not in arguments:
            self.words = done.stderr
            return done.returncode, self.code_shown()
        verdict = json.loads(done.stdout)
        failed = [check["name"] for check in verdict["checks"] if not check["passed"]]
        return done.returncode, str(verdict["error"]["code"] if verdict["error"] else failed[0])


def told(answer: tuple[int, Any]) -> Answer:
    """The code of an answer for programs, which has a sentence too."""
    status, body = answer
    assert body["error"]["message"]
    return status, body["error"]["code"]
