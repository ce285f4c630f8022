"""The worker: opens the vault and answers on the sockets it was given (DESIGN D6).

It is started by the supervisor and never by a person. It ends when its standard input ends. It is
the only process that holds a key.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from .. import system
from ..vault.vault import open_vault
from ..web.application import RUNNER, create_app
from ..web.hosts import hosts_for
from .control import control_application
from .supervisor import READY


def main(data: Path, listening: list[int], control: int) -> int:
    """Serve until the supervisor ends. Returns the exit status."""
    system.harden_this_process()
    logging.basicConfig(level=logging.WARNING, format="handrail: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # it logs raw header bytes
    with open_vault(data, now) as vault:
        sockets = [socket.socket(fileno=one) for one in listening]
        hosts = hosts_for(data, int(sockets[0].getsockname()[1]))
        app = create_app(data, vault, hosts, now)
        asyncio.run(_serve(app, sockets, socket.socket(fileno=control)))
    return 0


def now() -> datetime:
    """Return the wall clock in UTC. The one clock of the service."""
    return datetime.now(UTC)


async def _serve(
    app: web.Application, sockets: list[socket.socket], control: socket.socket
) -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(0, 4096) else over.set())
    pages = web.AppRunner(app, **RUNNER)
    await pages.setup()
    commands = web.AppRunner(control_application(app), access_log=None, shutdown_timeout=2)
    await commands.setup()
    try:
        for one in sockets:
            await web.SockSite(pages, one, backlog=64).start()
        await web.SockSite(commands, control).start()
        os.write(1, READY)
        await over.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
        await commands.cleanup()
        await pages.cleanup()
