"""The worker: answers on the sockets it was given, with an open vault or a locked one (DESIGN D6).

It is started by the supervisor and never by a person, and it ends when its standard input ends. To
lock or to unlock it replaces itself by a fresh process: one that never held the key, or one that
reads it once from a pipe.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from .. import system
from ..vault import keys as vault_keys
from ..vault.vault import open_vault, prepare
from ..web import keys
from ..web.application import RUNNER, create_app, create_locked_app
from ..web.change import Passed
from ..web.hosts import hosts_for
from .control import control_application
from .supervisor import READY


@dataclass(frozen=True, slots=True)
class Given:
    """What a worker is given: the data folder, the listening descriptors, maybe a secret."""

    data: Path
    listening: list[int]
    control: int
    secret: int | None


def main(given: Given) -> int:
    """Serve until the supervisor ends, or become the next worker. Returns the exit status."""
    system.harden_this_process()
    logging.basicConfig(level=logging.WARNING, format="handrail: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # it logs raw header bytes
    with ExitStack() as stack:
        app = _application(given, _read_passed(given.secret), stack)
        asyncio.run(_serve(app, given))
        passed = app[keys.CHANGE].passed
    if passed is not None:
        system.become(_arguments(given, system.secret_pipe(msgspec.json.encode(passed))))
    return 0


def now() -> datetime:
    """Return the wall clock in UTC. The one clock of the service."""
    return datetime.now(UTC)


def _read_passed(secret: int | None) -> Passed | None:
    """Return what the process before this one passed on, and close the pipe."""
    if secret is None:
        return None
    with os.fdopen(secret, "rb") as pipe:
        return msgspec.json.decode(pipe.read(4096), type=Passed)


def _application(given: Given, passed: Passed | None, stack: ExitStack) -> web.Application:
    """Return the application: open when there is a key or an open wrap, else locked."""
    described = prepare(given.data)
    with socket.socket(fileno=os.dup(given.listening[0])) as first:
        hosts = hosts_for(given.data, int(first.getsockname()[1]))
    key = passed.vault_key if passed else None
    if key is None and described.open_wrap is None:
        app = create_locked_app(given.data, described.recipient, hosts, now)
    else:
        opened = vault_keys.keys_of(described, bytes.fromhex(key)) if key else None
        vault = stack.enter_context(open_vault(given.data, now, opened))
        app = create_app(given.data, vault, hosts, now)
    if passed is not None:
        app[keys.SESSIONS].expect(passed.ticket)
    return app


def _arguments(given: Given, secret: int) -> list[str]:
    listening = ",".join(map(str, given.listening))
    return [
        "worker", "--data", str(given.data), "--listen", listening,
        "--control", str(given.control), "--secret", str(secret),
    ]  # fmt: skip


async def _stop(sites: list[web.SockSite]) -> None:
    for site in sites:
        await site.stop()


async def _serve(app: web.Application, given: Given) -> None:
    """Answer until the supervisor ends, a signal comes, or a change is wanted."""
    loop = asyncio.get_running_loop()
    over = app[keys.CHANGE].wanted
    loop.add_signal_handler(signal.SIGTERM, over.set)
    loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(0, 4096) else over.set())
    pages = web.AppRunner(app, **RUNNER)
    await pages.setup()
    commands = web.AppRunner(control_application(app), access_log=None, shutdown_timeout=2)
    await commands.setup()
    try:
        # The descriptors themselves stay open for the worker that comes next.
        sites = [
            web.SockSite(pages, socket.socket(fileno=os.dup(one)), backlog=64)
            for one in given.listening
        ]
        for site in sites:
            await site.start()
        app[keys.CHANGE].stop_listening = lambda: _stop(sites)
        await web.SockSite(commands, socket.socket(fileno=os.dup(given.control))).start()
        os.write(1, READY)
        await over.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
        await commands.cleanup()
        await pages.cleanup()
