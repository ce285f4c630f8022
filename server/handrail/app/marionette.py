"""Speaks to a Firefox that was started with its remote agent, Marionette, on the loopback address.

The wire is small: a packet is its length, a colon and JSON; a command is ``[0, number, name,
parameters]`` and its answer ``[1, number, error, result]``. One command at a time is in hand: the
agent forgets a running script when the next one comes. So what takes time is begun and then asked
for (`firefox_inside.js`), and many may wait for their answers at once. What to do with a Firefox is
`firefox.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from pathlib import Path
from typing import Any

HANDS = Path(__file__).with_name("firefox_inside.js")
PORT_FILE = "MarionetteActivePort"

BETWEEN_LOOKS = 0.01
"""Seconds between two looks whether something has ended."""


class RemoteError(Exception):
    """Something failed inside the browser; says what."""


class GoneError(RemoteError, ConnectionError):
    """What was spoken to is not there any more: a page, the panel, the browser."""


class Marionette:
    """A line to one Firefox."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    async def reach(cls, profile: Path) -> Marionette:
        """Connect to the Firefox that runs in a profile, as soon as it listens."""
        place = profile / PORT_FILE
        while True:
            with contextlib.suppress(OSError, ValueError):
                port = int(place.read_text("ascii"))
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**28)
                break
            await asyncio.sleep(0.05)
        line = cls(reader, writer)
        await line._packet()  # it says who it is
        await line.ask("WebDriver:NewSession", strictFileInteractability=False)
        await line.ask("Marionette:SetContext", value="chrome")
        return line

    async def take_hands(self) -> None:
        """Put our hands into the window that is there now."""
        await self._script(HANDS.read_text("utf-8"))

    async def do(self, act: str, *given: Any) -> Any:
        """Do one of the acts of `firefox_inside.js` and return what it gives."""
        number = await self._script("return window.handrailHands.begin(...arguments)", act, *given)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def ask(self, command: str, **params: Any) -> Any:
        """Give a command and return its result. Raises `RemoteError`."""
        async with self._turn:
            number = next(self._numbers)
            packet = json.dumps([0, number, command, params]).encode()
            self._writer.write(b"%d:%b" % (len(packet), packet))
            await self._writer.drain()
            while (answer := await self._packet())[1] != number:
                pass  # the answer to a command whose asker gave up
        if answer[2] is not None:
            raise RemoteError(answer[2].get("message") or answer[2].get("error"))
        return answer[3]

    async def close(self) -> None:
        """Let go of the line; the browser stays."""
        if self._looking is not None:
            self._looking.cancel()
        for answer in self._waiting.values():
            answer.cancel()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _look(self) -> None:
        """Hand out answers until nothing is waited for."""
        pause = BETWEEN_LOOKS
        while self._waiting:
            try:
                ended = await self._script(
                    "return window.handrailHands.ended(arguments[0])", list(self._waiting)
                )
            except (OSError, EOFError, RemoteError) as error:
                gone = {"error": f"the browser ended: {error}", "gone": True}
                ended = [[number, gone] for number in self._waiting]
            for number, answer in ended:
                waiting = self._waiting.pop(number, None)
                if waiting is None or waiting.done():
                    continue
                if "error" in answer:
                    kind = GoneError if answer.get("gone") else RemoteError
                    waiting.set_exception(kind(answer["error"]))
                else:
                    waiting.set_result(answer.get("value"))
            pause = BETWEEN_LOOKS if ended else min(pause * 1.3, 0.1)
            await asyncio.sleep(pause)

    async def _script(self, script: str, *given: Any) -> Any:
        answer = await self.ask(
            "WebDriver:ExecuteScript", script=script, args=list(given), sandbox="system",
            newSandbox=False, scriptTimeout=60_000,
        )  # fmt: skip
        return answer["value"]

    async def _packet(self) -> list[Any]:
        length = (await self._reader.readuntil(b":"))[:-1]
        packet: list[Any] = json.loads(await self._reader.readexactly(int(length)))
        return packet
